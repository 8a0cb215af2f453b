package io.pawline.stage;

import io.pawline.schemas.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often, for how long and how soon a failed task is tried again: exponential backoff with full jitter
 * (<a href="https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/">Brooker</a>).
 *
 * @param maxAttempts failures of one scope after which a task is given up, where they count against it
 * @param maxTime since its first failure after which a task is given up, whatever failed
 * @param firstDelay upper bound of the delay after the first failure; doubles with each further one
 * @param maxDelay upper bound of any delay
 */
public record RetryPolicy(int maxAttempts, Duration maxTime, Duration firstDelay, Duration maxDelay) {

    /** An answer that is of no use was paid for, so it is asked for a few times only. */
    private static final int MAX_USELESS_ANSWERS = 3;

    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("max-attempts must be > 0, was " + maxAttempts);
        }
        if (maxTime.isNegative() || maxTime.isZero()) {
            throw new IllegalArgumentException("max-retry-time must be > 0, was " + maxTime);
        }
        if (firstDelay.isNegative() || firstDelay.isZero()) {
            throw new IllegalArgumentException("first-delay must be > 0, was " + firstDelay);
        }
        if (maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("max-delay must be >= first-delay, was " + maxDelay);
        }
    }

    /** Whether failures of this scope count against the task: those that are no fault of it are limited by time alone. */
    static boolean counts(Reason.Scope scope) {
        return switch (scope) {
            case TASK, ANSWER, TIMEOUT, PROVIDER -> true;
            case OVERLOAD, ACCOUNT, PAWLINE -> false;
        };
    }

    /**
     * Whether a task has another try.
     *
     * @param failures of this scope, the newest counted
     * @param sinceFirstFailure time since the stage first failed with it
     */
    boolean allowsAnother(Reason.Scope scope, int failures, Duration sinceFirstFailure) {
        int most = scope == Reason.Scope.ANSWER ? Math.min(MAX_USELESS_ANSWERS, maxAttempts) : maxAttempts;
        return failures < most && sinceFirstFailure.compareTo(maxTime) < 0;
    }

    /**
     * When the attempt after this one is due: by backoff, and never before the moment that the other side named. That moment
     * it named to all tasks alike, so each comes some time after it by itself: up to a tenth of the wait asked for, or the
     * first delay, if that is longer.
     *
     * @param asked the moment named, as by a {@code Retry-After}; null: none
     */
    Instant nextAfter(int attempt, Instant now, @Nullable Instant asked, RandomGenerator random) {
        Instant byBackoff = now.plus(delayAfter(attempt, random));
        if (asked == null || !asked.isAfter(byBackoff)) {
            return byBackoff;
        }
        long spread = Math.max(
                firstDelay.toMillis(),
                Duration.between(now, asked).dividedBy(10).toMillis());
        return asked.plusMillis(random.nextLong(spread + 1));
    }

    /** A delay for the attempt after this one, uniform between zero and the attempt's bound. */
    Duration delayAfter(int attempt, RandomGenerator random) {
        int doublings = Math.min(attempt - 1, 30);
        long bound = Math.min(maxDelay.toMillis(), firstDelay.toMillis() << doublings);
        return Duration.ofMillis(random.nextLong(bound + 1));
    }
}
