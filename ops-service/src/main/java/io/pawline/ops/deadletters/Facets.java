package io.pawline.ops.deadletters;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the words by which the index of facets finds dead letters. The function {@code dead_letter_facets} of the
 * database writes those of a row, and both have to agree.
 *
 * <p>A span of time is covered by spans of fixed lengths, each as long as possible, as in a segment tree. So any span is
 * some dozens of words, and nothing but the first and the last minute can be beyond it.
 */
final class Facets {

    /** The expression that is indexed. */
    static final String INDEXED = "dead_letter_facets(dead_letter.state, dead_letter.stage, dead_letter.reason,"
            + " dead_letter.provider_code, dead_letter.tenant, dead_letter.style, dead_letter.client_ref,"
            + " dead_letter.generation, dead_letter.attempts, dead_letter.failed_at)";

    /** A longer word is cut off. */
    private static final int LONGEST = 200;

    /** Stands for this number of attempts and all greater ones. */
    private static final int MANY_ATTEMPTS = 64;

    private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2100-01-01T00:00:00Z");

    /** A length of time that there are words for, in minutes. Each is a multiple of the one after it. */
    private enum Length {
        Y(1_024 * 24 * 60),
        X(32 * 24 * 60),
        D(24 * 60),
        H(60),
        M(1);

        private final long minutes;

        Length(long minutes) {
            this.minutes = minutes;
        }
    }

    private Facets() {}

    /** The words of these properties. */
    static String[] of(Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(property -> shortened(property.getKey() + "=" + property.getValue()))
                .toArray(String[]::new);
    }

    private static String shortened(String word) {
        return word.codePointCount(0, word.length()) <= LONGEST
                ? word
                : word.substring(0, word.offsetByCodePoints(0, LONGEST));
    }

    /** The words of all numbers of attempts from the least to the most; null: no bound. */
    static String[] ofAttempts(@Nullable Integer least, @Nullable Integer most) {
        List<String> words = new ArrayList<>();
        int last = most == null ? MANY_ATTEMPTS : Math.min(most, MANY_ATTEMPTS);
        for (int number = least == null ? 0 : Math.min(least, MANY_ATTEMPTS); number <= last; number++) {
            words.add("attempts=" + number);
        }
        return words.toArray(String[]::new);
    }

    /** The words of the spans that cover this span of time; null: no bound. */
    static String[] ofTimes(@Nullable Instant from, @Nullable Instant to) {
        long minute = Math.floorDiv(within(from == null ? FIRST : from).getEpochSecond(), 60L);
        long end = Math.ceilDiv(
                within(to == null ? LAST : to).plusNanos(999_999_999).getEpochSecond(), 60L);
        List<String> words = new ArrayList<>();
        while (minute < end) {
            Length length = longest(minute, end);
            words.add(length.name().toLowerCase(Locale.ROOT) + minute / length.minutes);
            minute += length.minutes;
        }
        return words.toArray(String[]::new);
    }

    private static Instant within(Instant moment) {
        return moment.isBefore(FIRST) ? FIRST : moment.isAfter(LAST) ? LAST : moment;
    }

    private static Length longest(long minute, long end) {
        return Arrays.stream(Length.values())
                .filter(length -> minute % length.minutes == 0 && minute + length.minutes <= end)
                .findFirst()
                .orElseThrow();
    }
}
