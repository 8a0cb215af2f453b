package io.pawline.stage.provider;

import io.pawline.stage.ProviderPolicies;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Keeps a concurrency limiter for each receiver, with a limit, a breaker and a cool-down of its own. A limiter is kept
 * while its receiver has calls in flight, and for the receivers used last. Thread-safe.
 */
public final class ReceiverLimiters {

    private static final int KEPT = 1_000;

    /** A receiver is closed for this process alone, so the first refusal is enough. */
    private static final int FIRST_REFUSAL = 1;

    private final ProviderPolicies policies;
    private final int limit;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final Map<String, ConcurrencyLimiter> limiters = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param policies how each receiver is treated
     * @param limit most calls at once to one receiver
     * @param nanoTime like {@link System#nanoTime}
     * @param random for jitter; thread-safe
     */
    public ReceiverLimiters(
            ProviderPolicies policies, int limit, Clock clock, LongSupplier nanoTime, RandomGenerator random) {
        this.policies = policies;
        this.limit = limit;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    /** Returns the limiter of this receiver. */
    public synchronized ConcurrencyLimiter of(String receiver) {
        ConcurrencyLimiter known = limiters.get(receiver);
        if (known != null) {
            return known;
        }
        dropIdle();
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(
                Optional.of(policies.named(name(receiver))),
                limit,
                new ReceiverControls(),
                clock,
                nanoTime,
                new RefusalShare(FIRST_REFUSAL),
                random);
        limiters.put(receiver, limiter);
        return limiter;
    }

    /** Counts the receivers that have a limiter. */
    public synchronized int known() {
        return limiters.size();
    }

    /** Counts the receivers to which no call may begin now. */
    public synchronized int closed() {
        return (int)
                limiters.values().stream().filter(limiter -> !limiter.open()).count();
    }

    private void dropIdle() {
        Iterator<ConcurrencyLimiter> longestUnused = limiters.values().iterator();
        while (limiters.size() >= KEPT && longestUnused.hasNext()) {
            if (longestUnused.next().inFlight() == 0) {
                longestUnused.remove();
            }
        }
    }

    private String name(String receiver) {
        return receiver.isEmpty() ? policies.name() : policies.name() + " " + receiver;
    }

    /** Holds the cool-down of one receiver. It holds in this process only, and ends by itself. */
    private static final class ReceiverControls implements StageControls {

        private volatile Instant coolDownUntil = Instant.EPOCH;

        @Override
        public boolean paused() {
            return false;
        }

        @Override
        public OptionalInt limit() {
            return OptionalInt.empty();
        }

        @Override
        public Instant coolDownUntil() {
            return coolDownUntil;
        }

        @Override
        public void coolDown(Instant until, String why) {
            coolDownUntil = until;
        }
    }
}
