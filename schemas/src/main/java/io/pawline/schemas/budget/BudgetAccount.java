package io.pawline.schemas.budget;

import io.pawline.schemas.TaskId;
import java.util.Optional;

/**
 * Names whose money it is.
 *
 * @param task empty: the tenant's, of a day
 */
public record BudgetAccount(String tenant, Optional<TaskId> task) {

    /** Names the money that a tenant may spend in a day. */
    public static BudgetAccount ofDay(String tenant) {
        return new BudgetAccount(tenant, Optional.empty());
    }

    /** Names the money that may be spent on a task. */
    public static BudgetAccount ofTask(String tenant, TaskId task) {
        return new BudgetAccount(tenant, Optional.of(task));
    }
}
