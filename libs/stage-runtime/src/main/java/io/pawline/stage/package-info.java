/**
 * Runs a stage of the pipeline: a {@link io.pawline.stage.StageSpec} and a {@link io.pawline.stage.Handler} are all
 * that a service writes. The author of a stage sees this package and {@code spring}; the other packages are the
 * runtime's own.
 *
 * <p>The way of a record through the runtime:
 *
 * <ol>
 *   <li>{@link io.pawline.stage.StageRuntime} starts a {@code StageSession}, whose poll thread reads the record. {@code
 *       ReadAhead} pauses the partition when enough records are in memory.
 *   <li>{@code AssignedPartition} takes note of its offset; the record is a {@code WorkItem} now. {@code RetryTimer}
 *       holds it if it is not due, {@code DelayedRetryReader} leaves it in its topic if it
 *       waits for more than ten minutes.
 *   <li>If the handler is a {@link io.pawline.stage.PreparingHandler}, {@code Preparer} has it prepared, without a permit.
 *   <li>{@code Dispatcher} puts it into the {@code ReadyQueue}: a {@code FairQueue}, or one for each receiver ({@code
 *       ReceiverQueues}). {@code ConcurrencyLimiter} gives a {@code Permit}, and a virtual thread begins.
 *   <li>{@code TaskExecution} decodes it ({@code Codec}), checks deadline and cancellation, and calls the {@link
 *       io.pawline.stage.Handler} with an {@link io.pawline.stage.Attempt}.
 *   <li>The handler makes its {@link io.pawline.stage.OutsideCall}. {@code RecordedCalls} reserves its
 *       money ({@code BudgetLeases}), writes it to the {@code Ledger} and reports its result to the limiter.
 *   <li>{@code OutcomeResolver} turns the {@link io.pawline.stage.Outcome} into a {@code Settlement}: the next stage's
 *       event, a retry, or a dead letter and the final state ({@code FailedRecord}, {@code RetryBackoff}).
 *   <li>{@code GroupCommit} publishes it and commits the offset, in one transaction ({@code TransactionalPublisher}).
 * </ol>
 *
 * <p>Time, threads and all that blocks come from one {@link io.pawline.stage.Scheduler}, and all that speaks to Kafka
 * from {@link io.pawline.stage.StageClients}. {@link io.pawline.stage.StageRuntime} hands both down.
 *
 * <p>No arrow runs back. From low to high, the layers are: the values of this package; {@code codec}, {@code offsets},
 * {@code channel}, {@code provider}; {@code fleet}; {@code budget}; {@code metrics}; {@code ledger}; {@code dispatch}; {@code commit}; {@code retry}; {@code tracing};
 * {@code session}. {@link io.pawline.stage.StageRuntime} stands on top: it is the one class of this package that sees
 * the others.
 */
@NullMarked
package io.pawline.stage;

import org.jspecify.annotations.NullMarked;
