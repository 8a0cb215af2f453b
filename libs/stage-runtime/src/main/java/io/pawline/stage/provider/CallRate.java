package io.pawline.stage.provider;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.pawline.stage.ProviderPolicies;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the rate at which calls begin, where the provider publishes one. A task that makes no call, since it was
 * cancelled or came too late, leaves its turn to the next. So a backlog of such tasks is gone at once. Thread-safe.
 */
final class CallRate {

    private final RateLimiter limiter;
    private final int portion;

    /** Counts the turns taken and not used. */
    private final AtomicInteger left = new AtomicInteger();

    CallRate(ProviderPolicies policies) {
        int perSecond = policies.callsPerSecond();
        // The second is divided into portions: the stage asks twenty times a second, and a whole second's calls at once
        // would be a burst.
        int portions = Math.min(10, perSecond);
        portion = perSecond / portions;
        limiter = RateLimiter.of(
                policies.name(),
                RateLimiterConfig.custom()
                        .limitForPeriod(portion)
                        .limitRefreshPeriod(Duration.ofSeconds(1).dividedBy(portions))
                        .timeoutDuration(Duration.ZERO)
                        .build());
    }

    /** Says whether a call may begin now. Each yes is followed by a call, or by {@link #notMade}. */
    boolean tryBegin() {
        return left.getAndUpdate(turns -> Math.max(0, turns - 1)) > 0 || limiter.acquirePermission();
    }

    /** Takes note that the call was not made after all. */
    void notMade() {
        // Old turns must not add up to a burst.
        left.updateAndGet(turns -> Math.min(portion, turns + 1));
    }
}
