/**
 * Keeps what tenants spend within their limits. {@code BudgetLeases} is the money that this process may spend, {@code
 * BudgetChannel} asks ingest-service for more of it, and {@code Reservation} is what one call costs at most. {@code
 * ledger} uses it; it sees no other package of the runtime than {@code channel}. {@link io.pawline.stage.StageRuntime} runs it.
 */
@NullMarked
package io.pawline.stage.budget;

import org.jspecify.annotations.NullMarked;
