package io.pawline.ops.replay;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits replays, by settings of {@code pawline.ops.*}.
 *
 * @param replayDeadline how long a replayed task may take, more than 0; a replay may ask for another time
 * @param replayCap most replays of one task, 1 or more
 * @param picturesKept how long the text-to-image provider keeps a picture; an older dead letter of matting is not
 *     replayed
 * @param replayPerSecond most dead letters a second that all replays together publish, 1 or more; above it, each replay
 *     gets a share by its own rate
 */
@ConfigurationProperties("pawline.ops")
record ReplayProperties(
        @DefaultValue("6h") Duration replayDeadline,
        @DefaultValue("5") int replayCap,
        @DefaultValue("24h") Duration picturesKept,
        @DefaultValue("10000") int replayPerSecond) {

    ReplayProperties {
        new ReplaySettings(replayDeadline, replayCap, picturesKept);
        if (replayPerSecond < 1) {
            throw new IllegalArgumentException("pawline.ops.replay-per-second must be > 0, was " + replayPerSecond);
        }
    }

    ReplaySettings settings() {
        return new ReplaySettings(replayDeadline, replayCap, picturesKept);
    }
}
