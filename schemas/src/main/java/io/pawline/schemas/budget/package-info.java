/**
 * Says what processes of stages and ingest-service tell each other about money. {@code BudgetAsk} and {@code
 * BudgetAnswer} are the messages, {@code BudgetEvents} turns them into events and back.
 */
@NullMarked
package io.pawline.schemas.budget;

import org.jspecify.annotations.NullMarked;
