package io.pawline.ingest.submit;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A span of time as requests write it: {@code 45s}, {@code 10m}, {@code 2h}. */
public final class TimeSpan {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smh])");

    private TimeSpan() {}

    /**
     * Reads one.
     *
     * @param field what to call it if it cannot be read
     */
    public static Duration parse(String field, String text) throws RefusedException {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw RefusedException.invalid(field, "is no span of time: it looks like 45s, 10m or 2h");
        }
        long count = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }
}
