package io.pawline.simulator;

import java.time.Duration;

/** Times that pass faster than they are written. */
final class Times {

    private Times() {}

    /** @param times how much faster, more than 0 */
    static Duration faster(Duration duration, double times) {
        return Duration.ofNanos(Math.round(duration.toNanos() / times));
    }
}
