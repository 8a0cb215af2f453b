package io.pawline.ingest.accept;

import io.pawline.ingest.accept.RefusedException.Fault;
import io.pawline.outbound.AddressGuard;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules for a submission's fields: text in, value or refusal out. */
final class Fields {

    static final int MAX_STYLE_LENGTH = 500;
    static final int MAX_URL_LENGTH = 2048;

    private final AddressGuard guard;
    private final Duration defaultDeadline;
    private final Duration maxDeadline;

    Fields(AddressGuard guard, Duration defaultDeadline, Duration maxDeadline) {
        this.guard = guard;
        this.defaultDeadline = defaultDeadline;
        this.maxDeadline = maxDeadline;
    }

    String style(@Nullable String text) throws RefusedException {
        if (text == null || text.isBlank()) {
            throw RefusedException.invalid("style", "is missing: say in words how the picture should look");
        }
        if (text.codePointCount(0, text.length()) > MAX_STYLE_LENGTH) {
            throw RefusedException.invalid("style", "has more than " + MAX_STYLE_LENGTH + " characters");
        }
        if (text.codePoints().anyMatch(Fields::isControlOrHalf)) {
            throw RefusedException.invalid(
                    "style", "has a control character, a line break or half a surrogate pair: send one line of text");
        }
        return text.strip();
    }

    private static boolean isControlOrHalf(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.CONTROL || type == Character.SURROGATE;
    }

    URI url(String field, String text) throws RefusedException {
        if (text.length() > MAX_URL_LENGTH) {
            throw RefusedException.invalid(field, "has more than " + MAX_URL_LENGTH + " characters");
        }
        URI url = parse(text)
                .orElseThrow(() -> RefusedException.invalid(
                        field,
                        "is no absolute http or https URL: it looks like https://host/path, and others are escaped"));
        Optional<String> objection = guard.objection(url);
        if (objection.isPresent()) {
            throw new RefusedException(Fault.ADDRESS_REFUSED, field + " is refused: " + objection.get());
        }
        return url;
    }

    private static Optional<URI> parse(String text) {
        try {
            URI url = new URI(text);
            boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            boolean whole = text.codePoints().noneMatch(Fields::isControlOrHalf);
            return http && whole && url.getRawAuthority() != null ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    Instant deadline(@Nullable String text, Instant now) throws RefusedException {
        if (text == null) {
            return now.plus(defaultDeadline);
        }
        Instant deadline;
        try {
            deadline = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw RefusedException.invalid("deadline", "is no RFC 3339 time: it looks like 2026-11-23T10:15:30Z");
        }
        if (!deadline.isAfter(now)) {
            throw RefusedException.invalid("deadline", "has passed: it must lie in the future");
        }
        if (deadline.isAfter(now.plus(maxDeadline))) {
            throw RefusedException.invalid(
                    "deadline", "is too far ahead: at most " + maxDeadline.toMinutes() + " minutes from now");
        }
        return deadline;
    }
}
