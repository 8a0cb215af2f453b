package io.pawline.ops.live;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says how a process of a stage stood with one of its providers when it last began or ended a call there.
 *
 * @param limit tasks that it could have had at work
 * @param breaker {@code closed}, {@code open} or {@code half_open}; null: it has none
 * @param breakerSince since when the breaker is closed, or is not, as far as is known
 */
record InstanceState(
        String instance,
        String provider,
        Instant at,
        int inFlight,
        int limit,
        @Nullable String breaker,
        @Nullable Instant breakerSince) {

    /** Puts this state after another one; an older state changes nothing. */
    InstanceState after(@Nullable InstanceState before) {
        if (before == null) {
            return this;
        }
        if (at.isBefore(before.at)) {
            return before;
        }
        boolean same = breaker != null && before.breaker != null && closed() == before.closed();
        return new InstanceState(
                instance, provider, at, inFlight, limit, breaker, same ? before.breakerSince : breakerSince);
    }

    private boolean closed() {
        return "closed".equals(breaker);
    }
}
