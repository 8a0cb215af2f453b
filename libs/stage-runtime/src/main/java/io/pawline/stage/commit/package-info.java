/**
 * Publishes results and commits offsets in one transaction. {@code GroupCommit} runs the loop, {@code CommitBatches}
 * keeps what is to be committed, {@code TransactionalPublisher} talks to Kafka, and {@code Settlement} is what one
 * attempt publishes. {@code retry}, {@code tracing} and {@code session} use it; it sees {@code offsets}, {@code
 * metrics} and {@code ledger}.
 */
@NullMarked
package io.pawline.stage.commit;

import org.jspecify.annotations.NullMarked;
