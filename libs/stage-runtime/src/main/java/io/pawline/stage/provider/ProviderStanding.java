package io.pawline.stage.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Says why a provider may give no permit now.
 *
 * @param off whether an operator has switched it off
 * @param failing whether its last calls failed, so that a wait for a place there is of little use
 * @param breaker state of its breaker; CLOSED if it has none
 * @param coolDownUntil moment before which nobody is to call it; long past if there is no cool-down
 */
record ProviderStanding(boolean off, boolean failing, State breaker, Instant coolDownUntil) {

    ProviderStanding {
        Objects.requireNonNull(breaker, "breaker");
        Objects.requireNonNull(coolDownUntil, "coolDownUntil");
    }

    /**
     * Says whether a task that got no permit here goes on to the next provider, rather than to wait.
     *
     * @param demand of the tasks that wait, this one among them
     */
    boolean passes(Fallbacks fallbacks, Demand demand, Instant now) {
        if (off || failing || breaker != State.CLOSED || outlasts(demand.deadline(), now)) {
            return true;
        }
        return fallbacks.policy() == Policy.PREFER && demand.waited().compareTo(fallbacks.spillAfter()) >= 0;
    }

    /** The stages to come need time as well. So a cool-down may take half of the time left. */
    private boolean outlasts(Instant deadline, Instant now) {
        Duration wait = Duration.between(now, coolDownUntil);
        return wait.isPositive()
                && wait.compareTo(Duration.between(now, deadline).dividedBy(2)) > 0;
    }
}
