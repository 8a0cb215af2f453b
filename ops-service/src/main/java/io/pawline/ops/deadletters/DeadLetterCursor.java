package io.pawline.ops.deadletters;

import io.pawline.ops.deadletters.DeadLetterQueries.Place;
import io.pawline.ops.http.Parameters;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/** Writes the place where a page ended as a text that means nothing to the caller. */
final class DeadLetterCursor {

    private DeadLetterCursor() {}

    static String after(Place place) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((place.failedAt() + "/" + place.id()).getBytes(StandardCharsets.US_ASCII));
    }

    static Place parse(String cursor) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII).split("/", 2);
            if (parts.length == 2) {
                return new Place(Instant.parse(parts[0]), Long.parseLong(parts[1]));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            // The problem below says so.
        }
        throw Parameters.invalid("cursor is none: send the next_cursor of the page before as it was");
    }
}
