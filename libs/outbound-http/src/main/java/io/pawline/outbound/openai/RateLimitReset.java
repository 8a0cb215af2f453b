package io.pawline.outbound.openai;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads when calls are allowed again from {@code x-ratelimit-reset-requests} and {@code x-ratelimit-reset-tokens}, for an
 * answer without {@code Retry-After}
 * (<a href="https://developers.openai.com/docs/guides/rate-limits">OpenAI's page on rate limits</a>). The values are
 * times such as {@code 1s}, {@code 6m0s} and {@code 120ms}.
 */
final class RateLimitReset {

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Pattern TIME =
            Pattern.compile("(?:(\\d{1,4})h)?(?:(\\d{1,5})m(?!s))?(?:(\\d{1,6})(?:\\.\\d+)?s)?(?:(\\d{1,7})ms)?");

    private RateLimitReset() {}

    /** The wait for whichever limit nothing is left of; empty if the headers do not say so. */
    static Optional<Duration> in(Headers headers) {
        return of(headers, "requests").or(() -> of(headers, "tokens"));
    }

    private static Optional<Duration> of(Headers headers, String what) {
        @Nullable String left = headers.get("x-ratelimit-remaining-" + what);
        @Nullable String reset = headers.get("x-ratelimit-reset-" + what);
        return left == null || !left.strip().equals("0") || reset == null ? Optional.empty() : parse(reset.strip());
    }

    private static Optional<Duration> parse(String text) {
        Matcher time = TIME.matcher(text);
        if (text.isEmpty() || !time.matches()) {
            return Optional.empty();
        }
        Duration wait = Duration.ofHours(number(time.group(1)))
                .plusMinutes(number(time.group(2)))
                .plusSeconds(number(time.group(3)))
                .plusMillis(number(time.group(4)));
        return wait.isPositive() ? Optional.of(wait.compareTo(LONGEST) > 0 ? LONGEST : wait) : Optional.empty();
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
