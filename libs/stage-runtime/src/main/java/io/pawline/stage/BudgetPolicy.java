package io.pawline.stage;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * Says whose money is limited, and what becomes of a task for which none is left. How much it is, only those know who
 * give the leases.
 *
 * @param perDay whether what a tenant spends in a day is limited
 * @param perTask whether what a task of the tenant costs is limited
 * @param waits whether tasks wait until the day ends; otherwise they fail
 */
public record BudgetPolicy(Predicate<String> perDay, Predicate<String> perTask, boolean waits) {

    /** Nobody's money is limited. */
    public static final BudgetPolicy UNLIMITED = new BudgetPolicy(_ -> false, _ -> false, true);

    public BudgetPolicy {
        Objects.requireNonNull(perDay, "perDay");
        Objects.requireNonNull(perTask, "perTask");
    }

    /** Says whether there is any limit on a call for this tenant. */
    public boolean limits(String tenant) {
        return perDay.test(tenant) || perTask.test(tenant);
    }
}
