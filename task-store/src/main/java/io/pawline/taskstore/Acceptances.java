package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps submissions, each of them once, whoever sends it again and however many do so at the same moment: the database
 * decides. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class Acceptances {

    // Waits for whoever is inserting the same key. The condition looks at no other row than the one in the way, so it
    // sees
    // what that one committed.
    private static final String TAKE_KEY = """
            insert into idempotency_key as taken (tenant, key, request_hash, task_id, created_at)
            values (:tenant, :key, :hash, :task, :now)
            on conflict (tenant, key) do update
                set request_hash = excluded.request_hash, task_id = excluded.task_id, created_at = excluded.created_at
                where taken.created_at < :lapsed
            """;

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

    public Acceptances(TaskDatabase database) {
        this.database = database;
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
    public Optional<Acceptance> earlier(String tenant, Key key) {
        return database.with(handle -> earlier(handle, tenant, key));
    }

    private static Optional<Acceptance> earlier(Handle handle, String tenant, Key key) {
        return handle.createQuery(LOOK_UP_KEY)
                .bind("tenant", tenant)
                .bind("key", key.value())
                .bind("lapsed", timestamp(key.lapsed()))
                .map((row, _) -> row.getString("request_hash").equals(key.requestHash())
                        ? (Acceptance) new Acceptance.Repeated(new TaskId(row.getObject("task_id", UUID.class)))
                        : new Acceptance.KeyTaken())
                .findOne();
    }

    /** The running task with this fingerprint, if there is one that counts. */
    public Optional<TaskId> running(Fingerprint fingerprint) {
        return database.with(handle -> running(handle, fingerprint));
    }

    private static Optional<TaskId> running(Handle handle, Fingerprint fingerprint) {
        if (fingerprint.since() == null) {
            return Optional.empty();
        }
        return handle.createQuery(RUNNING)
                .bind("fingerprint", fingerprint.value())
                .bind("since", timestamp(fingerprint.since()))
                .mapTo(UUID.class)
                .findOne()
                .map(TaskId::new);
    }

    /** Keeps a submission, unless its key has been used. */
    public Acceptance accept(Submission submission, Key key, Fingerprint fingerprint) {
        return database.inTransaction(handle -> {
            boolean taken = handle.createUpdate(TAKE_KEY)
                            .bind("tenant", submission.tenant())
                            .bind("key", key.value())
                            .bind("hash", key.requestHash())
                            .bind("task", submission.id().value())
                            .bind("now", timestamp(submission.submittedAt()))
                            .bind("lapsed", timestamp(key.lapsed()))
                            .execute()
                    == 1;
            if (!taken) {
                return earlier(handle, submission.tenant(), key).orElseThrow();
            }
            TaskDao.insert(handle, submission, fingerprint.value());
            return new Acceptance.Kept();
        });
    }

    /** Keeps a submission, unless one with the same fingerprint is running. */
    public Acceptance accept(Submission submission, Fingerprint fingerprint) {
        return database.inTransaction(handle -> {
            if (fingerprint.since() != null) {
                // Let go after the commit has become visible, so whoever waited for it finds the other's row.
                handle.createQuery("select pg_advisory_xact_lock(hashtextextended(:fingerprint, 0))")
                        .bind("fingerprint", fingerprint.value())
                        .map((_, _) -> true)
                        .one();
            }
            Optional<TaskId> twin = running(handle, fingerprint);
            if (twin.isPresent()) {
                return new Acceptance.Folded(twin.get());
            }
            TaskDao.insert(handle, submission, fingerprint.value());
            return new Acceptance.Kept();
        });
    }

    /** Forgets the keys that came before this moment. */
    public int forget(Instant before) {
        return database.inTransaction(
                handle -> handle.createUpdate("delete from idempotency_key where created_at < :before")
                        .bind("before", timestamp(before))
                        .execute());
    }
}
