package io.pawline.ingest.submit;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a request by the {@code Idempotency-Key} that it came with. A task of a batch has the key of the batch and its
 * place. No two names are the same for different keys and places.
 *
 * @param text the key as the client sent it
 * @param place of the task in its batch, from 0; null: the request is no batch
 */
record RequestKey(String text, @Nullable Integer place) {

    private static final Pattern LIKE_A_PLACE = Pattern.compile(".*#[0-9]+", Pattern.DOTALL);

    /** No key of a client has a space. */
    private static final String ALONE = " ";

    RequestKey {
        Objects.requireNonNull(text, "text");
    }

    /** The key of a request for one task. */
    static RequestKey of(String text) {
        return new RequestKey(text, null);
    }

    /** The key of the task at this place of the batch. */
    RequestKey at(int task) {
        return new RequestKey(text, task);
    }

    /** The name under which the request is remembered. */
    String name() {
        if (place != null) {
            return text + "#" + place;
        }
        // Such a key would be the name of a task of a batch
        return LIKE_A_PLACE.matcher(text).matches() ? text + ALONE : text;
    }
}
