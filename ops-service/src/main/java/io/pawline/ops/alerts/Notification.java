package io.pawline.ops.alerts;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A notification of an alert that began to fire, or that ended.
 *
 * @param id the same for each attempt, so that a receiver can leave out what it has
 * @param ended whether the alert has ended
 * @param endedAt null: it still fires
 */
record Notification(
        long id,
        Alert alert,
        boolean ended,
        Instant firedAt,
        @Nullable Instant endedAt,
        double value,
        @Nullable Double threshold,
        String unit,
        AlertText detail,
        Optional<String> console) {

    /** Writes the first line. */
    String headline(String language) {
        boolean chinese = language.equals("zh");
        String state = ended ? (chinese ? "恢复" : "ended") : (chinese ? "告警" : "fires");
        return "[Pawline] %s%s%s".formatted(alert.title(language), chinese ? "：" : ": ", state);
    }

    /** Writes what follows, line by line. */
    String text(String language) {
        return language.equals("zh") ? chinese() : english();
    }

    private String english() {
        StringBuilder text = new StringBuilder();
        if (ended) {
            text.append("Fired at %s, ended at %s.".formatted(second(firedAt), second(endedAt)));
        } else {
            text.append("%s\n%s (%s %s, limit %s), since %s."
                    .formatted(
                            alert.means("en"), detail.en(), number(value), unit, number(threshold), second(firedAt)));
        }
        text.append("\nSeverity: %s. What to do: docs/operator/runbooks/%s.md"
                .formatted(alert.severity().code(), alert.page()));
        console.ifPresent(address -> text.append("\nConsole: %s".formatted(address)));
        return text.toString();
    }

    private String chinese() {
        StringBuilder text = new StringBuilder();
        if (ended) {
            text.append("%s 开始，%s 结束。".formatted(second(firedAt), second(endedAt)));
        } else {
            text.append("%s\n当前 %s %s，上限 %s，自 %s 起。\n%s"
                    .formatted(
                            alert.means("zh"), number(value), unit, number(threshold), second(firedAt), detail.zh()));
        }
        text.append("\n级别：%s。处理方法：docs/operator/runbooks/%s.md"
                .formatted(alert.severity() == Alert.Severity.CRITICAL ? "严重" : "警告", alert.page()));
        console.ifPresent(address -> text.append("\n控制台：%s".formatted(address)));
        return text.toString();
    }

    private static String second(@Nullable Instant at) {
        return at == null ? "-" : at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String number(@Nullable Double number) {
        if (number == null) {
            return "-";
        }
        return number == Math.rint(number)
                ? Long.toString(Math.round(number))
                : String.format(Locale.ROOT, "%.2f", number);
    }
}
