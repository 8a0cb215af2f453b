package io.pawline.stage.retry;

import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Says how far a record has come in its stage, from its headers. Headers that cannot be read count as absent: a foreign
 * record is then simply a first attempt.
 *
 * @param attempt which attempt it is for, 1 for the first
 * @param notBefore when that attempt is due; the epoch when at once
 * @param failures how often it has failed, of those failures that count against it
 */
public record AttemptHeaders(
        int attempt, Instant notBefore, Optional<Instant> firstFailedAt, Map<Reason.Scope, Integer> failures) {

    /** Work is kept in Kafka for so long. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(7);

    public AttemptHeaders {
        Map<Reason.Scope, Integer> copy = noFailures();
        copy.putAll(failures);
        failures = Collections.unmodifiableMap(copy);
    }

    public static AttemptHeaders of(Headers headers) {
        long attempt = number(headers, RecordHeaders.ATTEMPT).orElse(1L);
        return new AttemptHeaders(
                Math.clamp(attempt, 1, Integer.MAX_VALUE),
                momentOf(headers),
                number(headers, RecordHeaders.FIRST_FAILED_AT).map(Instant::ofEpochMilli),
                text(headers, RecordHeaders.FAILURES)
                        .map(AttemptHeaders::failures)
                        .orElse(noFailures()));
    }

    /** Returns the moment in the header; the epoch if there is none. */
    private static Instant momentOf(Headers headers) {
        return number(headers, RecordHeaders.NOT_BEFORE)
                .map(Instant::ofEpochMilli)
                .orElse(Instant.EPOCH);
    }

    /**
     * Returns when the record is due. A moment later than any record is kept was written by no stage (microseconds in place
     * of milliseconds, say), so it counts as absent.
     */
    public static Instant notBefore(Headers headers, Instant now) {
        Instant said = momentOf(headers);
        return said.isAfter(now.plus(LONGEST_WAIT)) ? Instant.EPOCH : said;
    }

    /** Returns the same with one more failure of this scope. */
    public AttemptHeaders failed(Reason.Scope scope) {
        Map<Reason.Scope, Integer> more = noFailures();
        more.putAll(failures);
        more.merge(scope, 1, AttemptHeaders::saturatedSum);
        return new AttemptHeaders(attempt, notBefore, firstFailedAt, more);
    }

    int failures(Reason.Scope scope) {
        return failures.getOrDefault(scope, 0);
    }

    int allFailures() {
        return failures.values().stream().reduce(0, AttemptHeaders::saturatedSum);
    }

    /** Counts in a header may be any number, and a sum that turns negative would make of a last attempt a first one. */
    private static int saturatedSum(int one, int other) {
        return Math.clamp((long) one + other, 0, Integer.MAX_VALUE);
    }

    /** Writes the failures as the header has them: {@code timeout=1,provider=2}. */
    String failuresAsText() {
        return failures.entrySet().stream()
                .map(failed -> failed.getKey().name().toLowerCase(Locale.ROOT) + "=" + failed.getValue())
                .collect(Collectors.joining(","));
    }

    private static Map<Reason.Scope, Integer> failures(String text) {
        Map<Reason.Scope, Integer> failures = noFailures();
        for (String part : text.split(",", -1)) {
            int sign = part.indexOf('=');
            if (sign > 0) {
                String name = part.substring(0, sign);
                Arrays.stream(Reason.Scope.values())
                        .filter(scope -> scope.name().equalsIgnoreCase(name))
                        .forEach(scope -> asNumber(part.substring(sign + 1))
                                .ifPresent(count -> failures.put(scope, Math.clamp(count, 0, Integer.MAX_VALUE))));
            }
        }
        return failures;
    }

    private static Map<Reason.Scope, Integer> noFailures() {
        return new EnumMap<>(Reason.Scope.class);
    }

    private static Optional<Long> number(Headers headers, String name) {
        return text(headers, name).flatMap(AttemptHeaders::asNumber);
    }

    private static Optional<String> text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    private static Optional<Long> asNumber(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }
}
