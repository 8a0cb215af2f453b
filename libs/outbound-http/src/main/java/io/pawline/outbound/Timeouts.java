package io.pawline.outbound;

import java.time.Duration;
import java.time.Instant;

/**
 * Limits the time of a call.
 *
 * @param connect limit of each step to a connection: the look-up of the host, one attempt at TCP, the TLS handshake
 * @param call limit of the whole call, from the look-up of the host to the last byte of the answer
 */
public record Timeouts(Duration connect, Duration call) {

    private static final Duration LEAST = Duration.ofSeconds(1);

    public Timeouts {
        requirePositive("connect time-out", connect);
        requirePositive("call time-out", call);
    }

    /** The same limits, but with a call that ends by the deadline. It has one second at least. */
    public Timeouts endingBy(Instant deadline, Instant now) {
        Duration left = Duration.between(now, deadline);
        Duration bounded = left.compareTo(LEAST) < 0 ? LEAST : left;
        return bounded.compareTo(call) < 0 ? new Timeouts(connect, bounded) : this;
    }

    /** The shorter of the two limits. */
    Duration endingSooner() {
        return connect.compareTo(call) < 0 ? connect : call;
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + " must be > 0, was " + duration);
        }
    }
}
