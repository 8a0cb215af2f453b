package io.pawline.stage.retry;

import io.pawline.schemas.Reason;
import io.pawline.stage.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a policy whether a failed task is tried again, and when: exponential backoff with full jitter (<a
 * href="https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/">Brooker</a>). Thread-safe.
 */
public record RetryBackoff(RetryPolicy policy) {

    /** An answer that is of no use was paid for, so it is asked for a few times only. */
    private static final int MAX_USELESS_ANSWERS = 3;

    /** Says whether a failure of this scope counts against its task under this policy. */
    public boolean countsHere(Reason.Scope scope) {
        return counts(scope) || (!policy.schedule().isEmpty() && scope != Reason.Scope.PAWLINE);
    }

    /**
     * Says whether failures of this scope count against the task. Those that are no fault of it are limited
     * by time alone.
     */
    static boolean counts(Reason.Scope scope) {
        return switch (scope) {
            case TASK, ANSWER, TIMEOUT, PROVIDER -> true;
            case OVERLOAD, ACCOUNT, PAWLINE -> false;
        };
    }

    /**
     * Says whether a task has another attempt.
     *
     * @param headers the newest failure counted, if it counts
     * @param sinceFirstFailure time since the stage first failed with it
     */
    public boolean allowsAnother(Reason.Scope scope, AttemptHeaders headers, Duration sinceFirstFailure) {
        if (sinceFirstFailure.compareTo(policy.maxTime()) >= 0) {
            return false;
        }
        if (!policy.schedule().isEmpty()) {
            return headers.allFailures() <= policy.schedule().size();
        }
        int most = scope == Reason.Scope.ANSWER
                ? Math.min(MAX_USELESS_ANSWERS, policy.maxAttempts())
                : policy.maxAttempts();
        return headers.failures(scope) < most;
    }

    /**
     * Returns when the attempt after this one is due: by backoff, and never before the moment that the other side
     * named. The other side named that moment to all tasks alike, so each comes some time after it: up to a tenth of
     * the wait asked for, or the first delay, if that is longer.
     *
     * <p>The other side does not make a task miss its deadline. If the moment named comes too late, the next attempt is
     * made when half to three quarters of the time left have passed: the other side may work again before the moment
     * that it named. Only the backoff itself can return a moment after the deadline.
     *
     * @param asked the moment named, as by a {@code Retry-After}; null: none
     * @param deadline of the task; {@link Instant#MAX}: none
     */
    public Instant nextAfter(
            AttemptHeaders headers, Instant now, @Nullable Instant asked, Instant deadline, RandomGenerator random) {
        Instant byBackoff = now.plus(delayAfter(headers, random));
        if (asked == null || !asked.isAfter(byBackoff)) {
            return byBackoff;
        }
        Instant next = spread(now, asked, random);
        if (!next.isAfter(deadline) || byBackoff.isAfter(deadline)) {
            return next;
        }
        long left = Duration.between(now, deadline).toMillis();
        Instant early = now.plusMillis(left / 2 + random.nextLong(left / 4 + 1));
        return early.isAfter(byBackoff) ? early : byBackoff;
    }

    private Instant spread(Instant now, Instant asked, RandomGenerator random) {
        long spread = Math.max(
                policy.firstDelay().toMillis(),
                Duration.between(now, asked).dividedBy(10).toMillis());
        return asked.plusMillis(random.nextLong(spread + 1));
    }

    /** Returns a delay before the next attempt: spread evenly, as wide as it is long. */
    Duration delayAfter(AttemptHeaders headers, RandomGenerator random) {
        int failures = headers.allFailures();
        if (failures == 0 || policy.schedule().isEmpty()) {
            return backoff(headers.attempt(), random);
        }
        long about = policy.schedule()
                .get(Math.min(failures, policy.schedule().size()) - 1)
                .toMillis();
        return Duration.ofMillis(about / 2 + random.nextLong(about + 1));
    }

    /** Returns a delay between zero and the attempt's bound, spread evenly. */
    private Duration backoff(int attempt, RandomGenerator random) {
        int doublings = Math.min(attempt - 1, 30);
        long bound = Math.min(policy.maxDelay().toMillis(), policy.firstDelay().toMillis() << doublings);
        return Duration.ofMillis(random.nextLong(bound + 1));
    }
}
