package io.pawline.schemas.budget;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * Says what a process may spend. Money is in millionths of the unit.
 *
 * @param life that asked
 * @param number of the ask
 * @param closed whether this life has been taken for dead, and gets nothing any more
 */
public record BudgetAnswer(String life, long number, boolean closed, List<Grant> grants) {

    public BudgetAnswer {
        grants = List.copyOf(grants);
    }

    /**
     * Says what one lease comes to.
     *
     * @param day of the lease; empty: it is of a task
     * @param version grows with each grant
     * @param granted that the lease may spend in all
     * @param exhausted whether there is not enough left for another call
     * @param over whether the day of the lease is over, so that another has to be asked for
     * @param left until the day ends
     */
    public record Grant(
            BudgetAccount account,
            Optional<LocalDate> day,
            long lease,
            long version,
            long granted,
            boolean exhausted,
            boolean over,
            Duration left) {}
}
