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
    /** Leaves room for the place of a submission. */
    static final int MAX_BATCH_KEY_LENGTH = 251;

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

    /** The moment before which no stage starts; null: at once, as for a moment that has passed. */
    @Nullable
    Instant notBefore(@Nullable String text, Instant now) throws RefusedException {
        if (text == null) {
            return null;
        }
        Instant start = time("not_before", text);
        return start.isAfter(now) ? start : null;
    }

    /** @param start the moment before which no stage starts; null: at once */
    Instant deadline(@Nullable String deadline, @Nullable String ttl, @Nullable Instant start, Instant now)
            throws RefusedException {
        if (deadline != null && ttl != null) {
            throw RefusedException.invalid("ttl", "and deadline are both given: send one of them");
        }
        Instant end;
        if (deadline != null) {
            end = within("deadline", time("deadline", deadline), now);
        } else if (ttl != null) {
            end = within("ttl", now.plus(span(ttl)), now);
        } else {
            end = byDefault(start, now);
        }
        if (start != null && !start.isBefore(end)) {
            throw RefusedException.invalid(
                    "not_before",
                    "is not before the deadline, which is at most %d minutes from now"
                            .formatted(maxDeadline.toMinutes()));
        }
        return end;
    }

    private Instant byDefault(@Nullable Instant start, Instant now) {
        if (start == null) {
            return now.plus(defaultDeadline);
        }
        Instant latest = now.plus(maxDeadline);
        // Compared before it is added: there is no moment so long after some
        return start.isAfter(latest.minus(defaultDeadline)) ? latest : start.plus(defaultDeadline);
    }

    private static Duration span(String text) throws RefusedException {
        return TimeSpan.parse(text).orElseThrow(() -> RefusedException.invalid("ttl", TimeSpan.FAULT));
    }

    private static Instant time(String field, String text) throws RefusedException {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw RefusedException.invalid(field, "is no RFC 3339 time: it looks like 2026-11-23T10:15:30Z");
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
        checkKey(text, MAX_KEY_LENGTH);
    }

    void checkBatchKey(String text) throws RefusedException {
        checkKey(text, MAX_BATCH_KEY_LENGTH);
    }

    private static void checkKey(String text, int maxLength) throws RefusedException {
        if (text.isEmpty() || text.length() > maxLength || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw RefusedException.invalid(
                    "Idempotency-Key", "is not 1 to %d printable ASCII characters".formatted(maxLength));
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
