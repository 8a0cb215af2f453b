package io.pawline.ops.alerts;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Lists what somebody should look at. The chart has a rule for Prometheus of the same name, severity, threshold and
 * words; a test compares the two.
 */
public enum Alert {
    UNCLASSIFIED(Severity.WARNING),
    AMPLIFICATION(Severity.WARNING),
    UNDELIVERED(Severity.CRITICAL),
    BREAKER_OPEN(Severity.CRITICAL),
    ACCOUNT(Severity.CRITICAL),
    STAGE_GONE(Severity.CRITICAL),
    OPS_BEHIND(Severity.WARNING),
    KAFKA_DISK(Severity.CRITICAL),
    CERTIFICATE(Severity.WARNING),
    COST_PER_HOUR(Severity.WARNING),
    CANARY_STOPPED(Severity.WARNING);

    /** Says whom an alert is for. */
    public enum Severity {
        /** Somebody looks at it in working hours. */
        WARNING,
        /** Somebody is woken. */
        CRITICAL;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Severity severity;

    Alert(Severity severity) {
        this.severity = severity;
    }

    public Severity severity() {
        return severity;
    }

    /** Returns the name in the API and in the database, such as {@code breaker_open}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name of the rule for Prometheus, such as {@code PawlineBreakerOpen}. */
    public String rule() {
        return "Pawline"
                + Arrays.stream(name().split("_"))
                        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining());
    }

    /** Returns the name of the page that says what to do, such as {@code breaker-open}. */
    public String page() {
        return code().replace('_', '-');
    }

    /** Finds the alert of a code; empty if this version does not know it. */
    public static Optional<Alert> ofCode(String code) {
        return Arrays.stream(values())
                .filter(alert -> alert.code().equals(code))
                .findAny();
    }

    /**
     * Returns what the alert is called in a language.
     *
     * @param language {@code en} or {@code zh}
     */
    public String title(String language) {
        return AlertText.bundle(language).getString(code() + ".title");
    }

    /**
     * Returns what the alert means, in a sentence or two.
     *
     * @param language {@code en} or {@code zh}
     */
    public String means(String language) {
        return AlertText.bundle(language).getString(code() + ".means");
    }
}
