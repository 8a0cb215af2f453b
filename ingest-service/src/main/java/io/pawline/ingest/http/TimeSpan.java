package io.pawline.ingest.http;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a span of time as requests write it: {@code 45s}, {@code 10m}, {@code 2h}. */
public final class TimeSpan {

    /** Says what is wrong with a text that is no span of time; the name of its field goes before it. */
    public static final String FAULT = "is no span of time: it looks like 45s, 10m or 2h";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smh])");

    private TimeSpan() {}

    /** The span; empty if the text is none. */
    public static Optional<Duration> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(parts.group(1));
        return Optional.of(
                switch (parts.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    default -> Duration.ofHours(count);
                });
    }
}
