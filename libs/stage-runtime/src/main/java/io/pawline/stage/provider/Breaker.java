package io.pawline.stage.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.pawline.schemas.Reason;
import io.pawline.stage.BreakerPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the calls to a provider that fails, and lets one through now and then to see whether it works again. A
 * failure that only says that the provider is busy does not count, for the limit sees to that. A failure that concerns
 * the account opens the breaker at once, since every further call would fail. Thread-safe.
 */
final class Breaker {

    /**
     * So many calls of each process are let through to see whether the provider works again. There may be dozens of
     * processes.
     */
    private static final int PROBES = 1;

    /** The pause is longer by up to this share of it, so that processes do not try again at the same moment. */
    private static final double JITTER = 0.5;

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private final CircuitBreaker breaker;
    private final Runnable closed;
    private final AtomicInteger openings = new AtomicInteger();

    /** @param closed called when it has turned out that the provider works again */
    Breaker(String provider, BreakerPolicy policy, Clock clock, RandomGenerator random, Runnable closed) {
        this.closed = closed;
        IntervalFunction pauses = IntervalFunction.ofExponentialBackoff(policy.pause(), 2, policy.maxPause());
        breaker = CircuitBreaker.of(
                provider,
                CircuitBreakerConfig.custom()
                        .slidingWindow(policy.calls(), Math.max(1, policy.calls() / 2), SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(policy.failurePercent())
                        .slowCallRateThreshold(100)
                        .slowCallDurationThreshold(Duration.ofDays(1))
                        .permittedNumberOfCallsInHalfOpenState(PROBES)
                        .waitIntervalFunctionInOpenState(
                                attempt -> (long) (pauses.apply(attempt) * (1 + JITTER * random.nextDouble())))
                        .recordResult(Breaker::countsAgainst)
                        .clock(clock)
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(
                        change -> changed(provider, change.getStateTransition().getToState()));
    }

    private void changed(String provider, State to) {
        log.warn(
                "provider {}: breaker {}",
                provider,
                switch (to) {
                    case OPEN -> "opened, no call is made for a while";
                    case HALF_OPEN -> "lets a call through to see";
                    default -> "closed, the provider works";
                });
        if (to == State.OPEN) {
            openings.incrementAndGet();
        } else if (to == State.CLOSED) {
            closed.run();
        }
    }

    /**
     * Says whether a call may begin now. Each yes is followed by {@link #ended}, or by {@link #notMade} if it came
     * while {@link #probing}.
     */
    boolean tryBegin() {
        return breaker.tryAcquirePermission();
    }

    /** Says whether a call that begins now is one of the few that find out whether the provider works again. */
    boolean probing() {
        return breaker.getState() == State.HALF_OPEN;
    }

    /** Counts how often it has opened. */
    int openings() {
        return openings.get();
    }

    State state() {
        return breaker.getState();
    }

    /** Takes note that a probe was not made after all. */
    void notMade() {
        breaker.releasePermission();
    }

    /**
     * Takes note of a call. One that began before the breaker opened says nothing about now, not even when it has
     * closed again meanwhile.
     *
     * @param openingsBefore how often the breaker had opened when the call began
     */
    void ended(boolean probe, int openingsBefore, Optional<Reason> failure, Duration took) {
        if (probe != probing() || openingsBefore != openings()) {
            return;
        }
        breaker.onResult(took.toNanos(), TimeUnit.NANOSECONDS, failure);
        if (failure.filter(reason -> reason.scope() == Reason.Scope.ACCOUNT).isPresent()
                && breaker.getState() == State.CLOSED) {
            breaker.transitionToOpenState();
        }
    }

    private static boolean countsAgainst(Object failure) {
        return failure instanceof Optional<?> present
                && present.isPresent()
                && present.get() instanceof Reason reason
                && switch (reason.scope()) {
                    case TIMEOUT, PROVIDER, ACCOUNT -> true;
                    case TASK, ANSWER, OVERLOAD, PAWLINE -> false;
                };
    }
}
