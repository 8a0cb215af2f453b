package io.pawline.schemas.budget;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * Says what a process has leased and wants. Money is in millionths of the unit.
 *
 * @param life differs for each start of a process
 * @param number counts the asks of this life, from 1
 * @param instance names the process
 */
public record BudgetAsk(String life, long number, String instance, List<Need> needs) {

    public BudgetAsk {
        needs = List.copyOf(needs);
    }

    /**
     * Says what one lease has and wants.
     *
     * @param day of the lease; empty: not known yet, or of a task
     * @param lease counts the leases of this life, from 1
     * @param version of the newest grant that the process has; 0: none
     * @param ceiling that the process will not go beyond without a newer grant
     * @param spent cost of the calls that ended
     * @param wanted beyond the ceiling
     * @param call price of one call
     */
    public record Need(
            BudgetAccount account,
            Optional<LocalDate> day,
            long lease,
            long version,
            long ceiling,
            long spent,
            long wanted,
            long call) {}
}
