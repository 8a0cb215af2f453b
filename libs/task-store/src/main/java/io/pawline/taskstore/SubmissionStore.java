package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.SubmissionBatch.Offer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps submissions, each of them once, whoever sends it again and however many do so at the same moment: the database
 * decides. What comes at the same time is kept in one transaction. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class SubmissionStore {

    /** Submissions in one transaction. */
    private static final int MOST_TOGETHER = 100;

    /** Longest wait for a transaction to take a submission. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private static final String LOOK_UP_KEY = """
            select request_hash, task_id from idempotency_key
            where tenant = :tenant and key = :key and created_at >= :lapsed
            """;

    private static final String RUNNING = """
            select id from task
            where fingerprint = :fingerprint and state = 'accepted' and submitted_at > :since
            order by submitted_at desc limit 1
            """;

    private final TaskDatabase database;
    private final BatchingExecutor<Offer, SubmissionResult> rounds;

    public SubmissionStore(TaskDatabase database) {
        this.database = database;
        this.rounds = new BatchingExecutor<>(
                offers -> database.inTransaction(handle -> SubmissionBatch.accept(handle, offers)),
                MOST_TOGETHER,
                LONGEST_WAIT);
    }

    /**
     * The key a request came with.
     *
     * @param requestHash the same for two requests exactly when they ask for the same
     * @param lapsed a key first seen before this moment is free again
     */
    public record Key(String value, String requestHash, Instant lapsed) {
        public Key {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(requestHash, "requestHash");
            Objects.requireNonNull(lapsed, "lapsed");
        }
    }

    /**
     * What makes a task another one's twin.
     *
     * @param value the same for both
     * @param since a twin submitted at this moment or before does not count; null: none counts
     */
    public record Fingerprint(String value, @Nullable Instant since) {
        public Fingerprint {
            Objects.requireNonNull(value, "value");
        }
    }

    /** What became of the request that this key came with before, if one did. */
    public Optional<SubmissionResult> earlier(String tenant, Key key) {
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

    /** The running task with this fingerprint, if there is one that counts. */
    public Optional<TaskId> running(Fingerprint fingerprint) {
        Instant since = fingerprint.since();
        if (since == null) {
            return Optional.empty();
        }
        return database.with(handle -> handle.createQuery(RUNNING)
                .bind("fingerprint", fingerprint.value())
                .bind("since", timestamp(since))
                .mapTo(UUID.class)
                .findOne()
                .map(TaskId::new));
    }

    /** Keeps a submission, unless its key has been used. */
    public SubmissionResult accept(Submission submission, Key key, Fingerprint fingerprint) {
        return rounds.ask(new Offer(submission, key, fingerprint));
    }

    /** Keeps a submission, unless one with the same fingerprint is running. */
    public SubmissionResult accept(Submission submission, Fingerprint fingerprint) {
        return rounds.ask(new Offer(submission, fingerprint));
    }

    /** Forgets the keys that came before this moment. */
    public int forget(Instant before) {
        return database.inTransaction(
                handle -> handle.createUpdate("delete from idempotency_key where created_at < :before")
                        .bind("before", timestamp(before))
                        .execute());
    }
}
