package io.pawline.stage.provider;

import java.time.Duration;

/**
 * Is what a process may have of the fleet's limit and rate, for a time. Its holder counts the time from the moment at
 * which it asked, by its own clock. Whoever gave it counts from a later moment. So no two clocks have to agree (Gray and
 * Cheriton, Leases, SOSP 1989). A lease that is not renewed does not end at once. It fades, for the process may be the
 * only one that works while nobody gives leases.
 *
 * @param key of the message that gave it
 * @param slots calls in flight
 * @param rate calls per second; 0 where the fleet has no rate
 * @param asked nanoseconds, by the clock of whoever looks at it
 */
record Lease(GrantKey key, int slots, double rate, long asked) {

    /** A lease is whole for so long. A new controller is found within this time, unless the old one was killed. */
    static final Duration WHOLE = Duration.ofSeconds(15);

    /** Nothing is left of a lease after so long. A broker finds a killed process within 45 seconds. */
    static final Duration GONE = Duration.ofSeconds(75);

    /** Returns the part that is left of a lease after so many nanoseconds, from 1 down to 0. It never grows. */
    static double left(long age) {
        double fading = (double) (age - WHOLE.toNanos()) / (GONE.toNanos() - WHOLE.toNanos());
        return Math.clamp(1 - fading, 0.0, 1.0);
    }

    double slotsAt(long now) {
        return slots * left(now - asked);
    }

    double rateAt(long now) {
        return rate * left(now - asked);
    }
}
