package io.pawline.ops.retention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long what operators work with is kept: {@code pawline.ops.retention.*}. The ledger of calls has a setting of its
 * own, {@code pawline.ops.ledger-retention}.
 *
 * @param deadLetters how long a dead letter is kept after it was given up, with its bytes and with its part in replays;
 *     1 day or more; one that a replay is working on stays longer
 * @param audit how long it is kept who did what and which alerts fired, 31 days or more; months are dropped as a whole, so it is kept up to a
 *     month longer
 * @param rollups how long the sums are kept that a report is made of, 1 day or more; a report of a day whose calls and
 *     tasks are gone is made of them alone, and has no examples
 */
@ConfigurationProperties("pawline.ops.retention")
record OpsRetentionProperties(
        @DefaultValue("90d") Duration deadLetters,
        @DefaultValue("400d") Duration audit,
        @DefaultValue("400d") Duration rollups) {

    OpsRetentionProperties {
        if (deadLetters.toDays() < 1) {
            throw new IllegalArgumentException(
                    "pawline.ops.retention.dead-letters must be >= 1 day, was " + deadLetters);
        }
        if (audit.toDays() < 31) {
            throw new IllegalArgumentException("pawline.ops.retention.audit must be >= 31 days, was " + audit);
        }
        if (rollups.toDays() < 1) {
            throw new IllegalArgumentException("pawline.ops.retention.rollups must be >= 1 day, was " + rollups);
        }
    }
}
