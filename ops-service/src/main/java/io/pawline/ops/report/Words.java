package io.pawline.ops.report;

import java.math.BigDecimal;
import java.text.MessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Writes the words and numbers of a report in one language, and its times in one zone. Thread-safe. */
final class Words {

    /** A report can be in these languages; the first is the default. */
    static final List<String> LANGUAGES = List.of("en", "zh");

    private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss");

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MM-dd HH:mm");

    private final String language;
    private final ResourceBundle bundle;
    private final ZoneId zone;

    /** @param language one of {@link #LANGUAGES} */
    Words(String language, ZoneId zone) {
        this.language = language;
        this.zone = zone;
        this.bundle = ResourceBundle.getBundle(
                "io.pawline.ops.report.report",
                Locale.of(language),
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }

    String language() {
        return language;
    }

    /** Gives the text of this key, with these texts in its places. */
    String say(String key, Object... texts) {
        return new MessageFormat(bundle.getString(key), Locale.ROOT).format(texts);
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String number(double number) {
        return String.format(Locale.ROOT, "%,.2f", number);
    }

    static String percent(double share) {
        return share > 0 && share < 0.001 ? "<0.1%" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
    }

    static String money(BigDecimal amount) {
        return String.format(Locale.ROOT, "%,.4f", amount);
    }

    static String millis(@Nullable Long millis) {
        return millis == null ? "-" : seconds(millis / 1_000.0);
    }

    static String seconds(@Nullable Double seconds) {
        return seconds == null ? "-" : String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%,.1f s", seconds);
    }

    String time(Instant time) {
        return SECOND.format(time.atZone(zone));
    }

    /** Writes a time without its year. */
    String shortTime(Instant time) {
        return MINUTE.format(time.atZone(zone));
    }

    /** Writes a time as an axis of this length needs it. */
    String clockTime(Instant time, Duration ofAxis) {
        return (ofAxis.toHours() < 30 ? CLOCK : DAY).format(time.atZone(zone));
    }

    /** Writes a length of time that is whole in some unit. */
    String length(Duration length) {
        long seconds = length.toSeconds();
        return seconds % 86_400 == 0
                ? say("length.days", number(seconds / 86_400))
                : seconds % 3_600 == 0
                        ? say("length.hours", number(seconds / 3_600))
                        : seconds % 60 == 0
                                ? say("length.minutes", number(seconds / 60))
                                : say("length.seconds", number(seconds));
    }

    /** Estimates how wide a text is in a picture; a Chinese character is as wide as it is high. */
    static double width(String text) {
        return text.codePoints()
                .mapToDouble(point -> point >= 0x2E80 ? 12 : 7.2)
                .sum();
    }

    /** Gives as much of a text as has room in a picture. */
    static String shortened(String text, double room) {
        if (width(text) <= room) {
            return text;
        }
        StringBuilder shorter = new StringBuilder();
        double left = room - 12;
        for (int point : text.codePoints().toArray()) {
            left -= point >= 0x2E80 ? 12 : 7.2;
            if (left < 0) {
                break;
            }
            shorter.appendCodePoint(point);
        }
        return shorter.append('…').toString();
    }

    String zone() {
        return zone.getId();
    }

    String stage(String code) {
        return known("stage.", code);
    }

    String reason(String code) {
        return known("reason.", code);
    }

    /** Says what an operator changed. */
    String change(Report.Change change) {
        String action = change.subject().startsWith("off:") ? "off." + change.action() : change.action();
        if (change.until() != null) {
            return say("change.until", known("change.", action), shortTime(change.until()));
        }
        if (change.limit() == null) {
            return known("change.", action);
        }
        long limit = change.limit();
        boolean weight = change.subject().startsWith("weight:");
        return say("change.to", known("change.", action), weight ? number(limit / 1_000.0) : number(limit));
    }

    /** Gives the words of a code; the code of a newer stage may have none here yet. */
    private String known(String kind, String code) {
        return bundle.containsKey(kind + code) ? bundle.getString(kind + code) : code;
    }

    String family(Family family) {
        return say("family." + family.name().toLowerCase(Locale.ROOT));
    }
}
