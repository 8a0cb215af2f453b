/**
 * Grants the processes of stages what tenants may spend, and shows tenants what is left. {@code BudgetListener} answers
 * the asks of stages; {@code TenantBudgets} is what the door and the views know.
 */
@NullMarked
package io.pawline.ingest.budget;

import org.jspecify.annotations.NullMarked;
