/**
 * Runs one membership in the consumer group. {@code StageSession} is the poll loop, with {@code Assignments}, {@code
 * ReadAhead} and {@code Membership}; {@code RecordSettler}, {@code TaskExecution} and {@code OutcomeResolver} take a record to its settlement.
 * Only {@link io.pawline.stage.StageRuntime} uses it; it sees all other packages but {@code spring}.
 */
@NullMarked
package io.pawline.stage.session;

import org.jspecify.annotations.NullMarked;
