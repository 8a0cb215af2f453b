package io.pawline.stage;

import java.time.Duration;

/**
 * Says when no more calls are made to a provider that fails, and for how long.
 *
 * @param failurePercent share of the latest calls that opens the breaker if they failed, 1 to 100
 * @param calls how many of the latest calls are looked at; half of them must have been made before it opens
 * @param pause for how long no call is made after it opened; doubles each time the probes fail
 * @param maxPause the longest pause
 */
public record BreakerPolicy(int failurePercent, int calls, Duration pause, Duration maxPause) {
    public BreakerPolicy {
        if (failurePercent < 1 || failurePercent > 100) {
            throw new IllegalArgumentException("breaker-failure-percent must be 1 to 100, was " + failurePercent);
        }
        if (calls < 2) {
            throw new IllegalArgumentException("breaker-calls must be > 1, was " + calls);
        }
        if (pause.isNegative() || pause.isZero()) {
            throw new IllegalArgumentException("breaker-pause must be > 0, was " + pause);
        }
        if (maxPause.compareTo(pause) < 0) {
            throw new IllegalArgumentException("breaker-max-pause must be >= breaker-pause, was " + maxPause);
        }
    }
}
