package io.pawline.stage;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Says which calls a stage makes besides those to its first provider, and when.
 *
 * @param policy when a task goes to the next provider although the one before could take it later
 * @param spillAfter how long the task that has waited longest waits for a provider, before the next one is called as
 *     well; it counts for {@link Policy#PREFER} alone
 * @param providers in the order in which they are asked
 * @param hedgeShare how many calls may be made a second time because the first takes long, as a share of all calls,
 *     0 to 0.1; 0: none
 */
public record Fallbacks(Policy policy, Duration spillAfter, List<Fallback> providers, double hedgeShare) {

    /** More than that would be load, and no cure of the slowest calls. */
    private static final double LARGEST_HEDGE_SHARE = 0.1;

    /** Stands for a stage that calls one provider, or none. */
    public static final Fallbacks NONE = new Fallbacks(Policy.STANDBY, Duration.ofSeconds(1), List.of());

    /** Says when a task goes to the next provider. */
    public enum Policy {
        /** Only if the provider before is out of reach: off, failing, its breaker not closed, or cooling down for too long. */
        STANDBY,
        /** Also if tasks wait too long for the provider before. */
        PREFER
    }

    /** A canary has no more of the tasks, so that there are enough others to compare with. */
    private static final double LARGEST_CANARY = 0.2;

    /**
     * Is one of the other providers.
     *
     * @param maxInFlight most calls in flight of one process, more than 0
     * @param canary share of the tasks that go to it first, to compare it with the others, from 0 to 0.2; more than 0: it
     *     gets no other task
     */
    public record Fallback(ProviderPolicies provider, int maxInFlight, double canary) {
        public Fallback {
            Objects.requireNonNull(provider, "provider");
            if (maxInFlight < 1) {
                throw new IllegalArgumentException("max-in-flight must be > 0, was " + maxInFlight);
            }
            if (!(canary >= 0 && canary <= LARGEST_CANARY)) {
                throw new IllegalArgumentException("canary must be from 0 to 0.2, was " + canary);
            }
        }

        /** Makes a provider that is no canary. */
        public Fallback(ProviderPolicies provider, int maxInFlight) {
            this(provider, maxInFlight, 0);
        }

        /** Returns the same provider with this share of the tasks to be compared by. */
        public Fallback withCanary(double share) {
            return new Fallback(provider, maxInFlight, share);
        }

        /** Says whether it is compared with the others. */
        public boolean isCanary() {
            return canary > 0;
        }
    }

    public Fallbacks {
        Objects.requireNonNull(policy, "policy");
        if (!spillAfter.isPositive()) {
            throw new IllegalArgumentException("spill-after must be > 0, was " + spillAfter);
        }
        if (!(hedgeShare >= 0 && hedgeShare <= LARGEST_HEDGE_SHARE)) {
            throw new IllegalArgumentException("the share of hedges must be from 0 to 0.1, was " + hedgeShare);
        }
        providers = List.copyOf(providers);
        List<String> canaries = providers.stream()
                .filter(Fallback::isCanary)
                .map(each -> each.provider().name())
                .toList();
        if (canaries.size() > 1) {
            throw new IllegalArgumentException("one provider of a stage can be a canary at a time, were " + canaries);
        }
    }

    /** Makes fallbacks without hedges. */
    public Fallbacks(Policy policy, Duration spillAfter, List<Fallback> providers) {
        this(policy, spillAfter, providers, 0);
    }

    /** Returns the same with so many hedges. */
    public Fallbacks hedging(double share) {
        return new Fallbacks(policy, spillAfter, providers, share);
    }
}
