package io.pawline.simulator;

import java.time.Duration;

/** Divides times by how much faster a profile runs. */
final class Times {

    private Times() {}

    /** @param times how much faster, more than 0 */
    static Duration faster(Duration duration, double times) {
        return Duration.ofNanos(Math.round(duration.toNanos() / times));
    }
}
