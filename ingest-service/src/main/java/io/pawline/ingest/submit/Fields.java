package io.pawline.ingest.submit;

import io.pawline.ingest.http.TimeSpan;
import io.pawline.ingest.submit.RefusedException.Fault;
import io.pawline.outbound.AddressGuard;
import io.pawline.outbound.BrowserUrl;
import io.pawline.taskstore.Priority;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the fields of a submission: takes text, and gives a value or a refusal. */
final class Fields {

    static final int MAX_STYLE_LENGTH = 500;
    static final int MAX_URL_LENGTH = 2048;
    static final int MAX_REF_LENGTH = 200;
    static final int MAX_KEY_LENGTH = 255;

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
        URI url = BrowserUrl.parse(text)
                .orElseThrow(() -> RefusedException.invalid(
                        field, "is no absolute http or https URL: it looks like https://host/path"));
        if (url.toString().length() > MAX_URL_LENGTH) {
            throw RefusedException.invalid(
                    field, "has more than " + MAX_URL_LENGTH + " characters when it is percent-encoded");
        }
        Optional<String> objection = guard.objection(url);
        if (objection.isPresent()) {
            throw new RefusedException(Fault.ADDRESS_REFUSED, field + " is refused: " + objection.get());
        }
        return url;
    }

    Instant deadline(@Nullable String deadline, @Nullable String ttl, Instant now) throws RefusedException {
        if (deadline != null && ttl != null) {
            throw RefusedException.invalid("ttl", "and deadline are both given: send one of them");
        }
        if (deadline != null) {
            return within("deadline", time(deadline), now);
        }
        return ttl == null ? now.plus(defaultDeadline) : within("ttl", now.plus(span(ttl)), now);
    }

    private static Duration span(String text) throws RefusedException {
        return TimeSpan.parse(text).orElseThrow(() -> RefusedException.invalid("ttl", TimeSpan.FAULT));
    }

    private static Instant time(String text) throws RefusedException {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw RefusedException.invalid("deadline", "is no RFC 3339 time: it looks like 2026-11-23T10:15:30Z");
        }
    }

    private Instant within(String field, Instant deadline, Instant now) throws RefusedException {
        if (!deadline.isAfter(now)) {
            throw RefusedException.invalid(field, "has passed: it must lie in the future");
        }
        if (deadline.isAfter(now.plus(maxDeadline))) {
            throw RefusedException.invalid(
                    field, "is too far ahead: at most " + maxDeadline.toMinutes() + " minutes from now");
        }
        return deadline;
    }

    Priority priority(@Nullable String text) throws RefusedException {
        return switch (text) {
            case null -> Priority.INTERACTIVE;
            case "interactive" -> Priority.INTERACTIVE;
            case "bulk" -> Priority.BULK;
            default -> throw RefusedException.invalid("priority", "is neither interactive nor bulk");
        };
    }

    void checkIdempotencyKey(String text) throws RefusedException {
        if (text.isEmpty() || text.length() > MAX_KEY_LENGTH || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw RefusedException.invalid(
                    "Idempotency-Key", "is not 1 to %d printable ASCII characters".formatted(MAX_KEY_LENGTH));
        }
    }

    @Nullable
    String clientRef(@Nullable String text) throws RefusedException {
        if (text == null) {
            return null;
        }
        if (text.isBlank() || text.codePointCount(0, text.length()) > MAX_REF_LENGTH) {
            throw RefusedException.invalid(
                    "client_ref", "has no characters, or more than %d".formatted(MAX_REF_LENGTH));
        }
        if (text.codePoints().anyMatch(Fields::isControlOrHalf)) {
            throw RefusedException.invalid(
                    "client_ref", "has a control character, a line break or half a surrogate pair");
        }
        return text;
    }
}
