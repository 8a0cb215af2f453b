package io.pawline.ops.replay;

import java.time.Duration;

/**
 * Limits how dead letters are replayed.
 *
 * @param deadline how long a replayed task may take
 * @param cap most replays of one task
 * @param picturesKept how long the text-to-image provider keeps the picture that a dead letter of matting names
 */
record ReplaySettings(Duration deadline, int cap, Duration picturesKept) {
    ReplaySettings {
        if (!deadline.isPositive() || !picturesKept.isPositive()) {
            throw new IllegalArgumentException("replay-deadline and pictures-kept must be > 0");
        }
        if (cap < 1) {
            throw new IllegalArgumentException("replay-cap must be > 0, was " + cap);
        }
    }
}
