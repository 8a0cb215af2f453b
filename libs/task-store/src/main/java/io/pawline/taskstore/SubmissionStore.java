package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps each submission once, however often and by however many clients it is sent at the same moment: the database
 * decides. Submissions that come at the same time are kept in one transaction. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class SubmissionStore {

    /** Most submissions in one transaction. */
    private static final int MAX_BATCH = 100;

    /** Longest wait for a transaction to take a submission. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private static final String LOOK_UP_KEY = """
            select request_hash, task_id from idempotency_key
            where tenant = :tenant and key = :key and created_at >= :lapsed
            """;

    private static final String RUNNING = """
            select id from task
            where fingerprint = :fingerprint and state = 'accepted' and submitted_at > :since and id >= :first
            order by submitted_at desc limit 1
            """;

    /** Rows deleted by one statement, so that none takes long. */
    private static final int FORGOTTEN_AT_ONCE = 5_000;

    private static final String FORGET = """
            delete from idempotency_key where ctid = any(array(
                select ctid from idempotency_key where created_at < :before limit :most for update skip locked))
            """;

    private final TaskDatabase database;
    private final BatchingExecutor<Offer, SubmissionResult> batches;

    public SubmissionStore(TaskDatabase database) {
        this.database = database;
        this.batches = new BatchingExecutor<>(
                offers -> database.inTransaction(handle -> SubmissionBatch.accept(handle, offers)),
                MAX_BATCH,
                LONGEST_WAIT);
    }

    /** What became of the request that came with this key before; empty if none did. */
    public Optional<SubmissionResult> earlier(String tenant, IdempotencyKey key) {
        return database.with(handle -> handle.createQuery(LOOK_UP_KEY)
                .bind("tenant", tenant)
                .bind("key", key.value())
                .bind("lapsed", timestamp(key.lapsed()))
                .map((row, _) -> row.getString("request_hash").equals(key.requestHash())
                        ? (SubmissionResult)
                                new SubmissionResult.Repeated(new TaskId(row.getObject("task_id", UUID.class)))
                        : new SubmissionResult.KeyTaken())
                .findOne());
    }

    /** The running task with this fingerprint; empty if there is none that counts. */
    public Optional<TaskId> running(Fingerprint fingerprint) {
        Instant since = fingerprint.since();
        if (since == null) {
            return Optional.empty();
        }
        return database.inTransaction(handle -> {
            HistoryPlans.useOrderOfIndex(handle);
            return handle.createQuery(RUNNING)
                    .bind("fingerprint", fingerprint.value())
                    .bind("since", timestamp(since))
                    .bind("first", TaskId.bound(since).value())
                    .mapTo(UUID.class)
                    .findOne()
                    .map(TaskId::new);
        });
    }

    /** Keeps a submission, unless its key has been used. */
    public SubmissionResult accept(Submission submission, IdempotencyKey key, Fingerprint fingerprint) {
        return batches.submit(new Offer(submission, key, fingerprint));
    }

    /** Keeps a submission, unless one with the same fingerprint is running. */
    public SubmissionResult accept(Submission submission, Fingerprint fingerprint) {
        return batches.submit(new Offer(submission, fingerprint));
    }

    /** Forgets the keys that were first seen before this moment, some thousand in a transaction. */
    public int forget(Instant before) {
        int forgotten = 0;
        int last;
        do {
            last = database.with(handle -> handle.createUpdate(FORGET)
                    .bind("before", timestamp(before))
                    .bind("most", FORGOTTEN_AT_ONCE)
                    .execute());
            forgotten += last;
        } while (last == FORGOTTEN_AT_ONCE);
        return forgotten;
    }
}
