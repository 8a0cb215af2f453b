package io.pawline.ops.replay;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits replays, by settings of {@code pawline.ops.*}.
 *
 * @param replayDeadline how long a replayed task may take, more than 0
 * @param replayCap most replays of one task, 1 or more
 * @param picturesKept how long the text-to-image provider keeps a picture; an older dead letter of matting is not
 *     replayed
 */
@ConfigurationProperties("pawline.ops")
record ReplayProperties(
        @DefaultValue("6h") Duration replayDeadline,
        @DefaultValue("5") int replayCap,
        @DefaultValue("24h") Duration picturesKept) {

    ReplayProperties {
        new ReplaySettings(replayDeadline, replayCap, picturesKept);
    }

    ReplaySettings settings() {
        return new ReplaySettings(replayDeadline, replayCap, picturesKept);
    }
}
