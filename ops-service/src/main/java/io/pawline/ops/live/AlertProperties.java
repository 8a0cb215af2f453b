package io.pawline.ops.live;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Thresholds of the alerts, {@code pawline.ops.alerts.*}; an alert fires above its threshold, that of certificates below
 * it.
 *
 * @param unclassifiedPercent failed calls without a class, of all failed calls of the last 10 minutes, 0 to 100
 * @param amplification calls for each first call that a task makes of a stage, in the last 10 minutes, 1 or more
 * @param undelivered tasks whose front end has not taken the callback in time, 0 or more; callbacks that were refused for
 *     good, and those whose dead letters were discarded, do not count
 * @param undeliveredAfter how long after its end a task may be without a callback taken, more than 0
 * @param breakerOpen how long a provider's breaker may be open, probes counted, more than 0
 * @param stageGone how long a stage may be without a process, more than 0
 * @param behind how long ago what a reader of ops-service has not read yet may have been written, more than 0 and less
 *     than 15 minutes
 * @param kafkaDiskPercent used space of the fullest disk of the brokers, in percent, 0 to 100
 * @param certificateDays days that every certificate of ops-service must still be valid, more than 0
 * @param costPerHour cost of the calls of the last 60 minutes, in the money of the price list, more than 0
 */
@ConfigurationProperties("pawline.ops.alerts")
public record AlertProperties(
        @DefaultValue("1") double unclassifiedPercent,
        @DefaultValue("1.35") double amplification,
        @DefaultValue("0") long undelivered,
        @DefaultValue("10m") Duration undeliveredAfter,
        @DefaultValue("5m") Duration breakerOpen,
        @DefaultValue("5m") Duration stageGone,
        @DefaultValue("2m") Duration behind,
        @DefaultValue("80") double kafkaDiskPercent,
        @DefaultValue("14") int certificateDays,
        @Nullable BigDecimal costPerHour) {

    public AlertProperties {
        require(unclassifiedPercent >= 0 && unclassifiedPercent <= 100, "unclassified-percent", "from 0 to 100");
        require(amplification >= 1, "amplification", ">= 1");
        require(undelivered >= 0, "undelivered", ">= 0");
        require(undeliveredAfter.isPositive(), "undelivered-after", "> 0");
        require(breakerOpen.isPositive(), "breaker-open", "> 0");
        require(stageGone.isPositive(), "stage-gone", "> 0");
        require(
                behind.isPositive() && behind.compareTo(ReaderDelays.LONGEST) < 0,
                "behind",
                "> 0 and < " + ReaderDelays.LONGEST.toMinutes() + "m");
        require(kafkaDiskPercent >= 0 && kafkaDiskPercent <= 100, "kafka-disk-percent", "from 0 to 100");
        require(certificateDays > 0, "certificate-days", "> 0");
        require(costPerHour == null || costPerHour.signum() > 0, "cost-per-hour", "> 0");
    }

    private static void require(boolean good, String name, String range) {
        if (!good) {
            throw new IllegalArgumentException("pawline.ops.alerts.%s must be %s".formatted(name, range));
        }
    }
}
