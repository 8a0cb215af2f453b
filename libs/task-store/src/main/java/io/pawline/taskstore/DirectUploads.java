package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps account of direct uploads: which are open, and what became of them. The images are elsewhere. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class DirectUploads {

    /** Bytes that an upload counts for at least, so that the uploads of a tenant are bounded in number as well. */
    public static final long LEAST_COUNTED = 256 * 1024;

    /** Rows deleted by one statement, so that none takes long. */
    private static final int FORGOTTEN_AT_ONCE = 5_000;

    // One open at a time for each tenant, or two that come together would both find room for one
    private static final String LOCK = "select pg_advisory_xact_lock(hashtext('pawline upload'), hashtext(:tenant))";

    private static final String PENDING = """
            select coalesce(sum(greatest(length, :least)), 0) as bytes, min(expires_at) as next from upload
            where tenant = :tenant and taken_at is null
            """;

    private static final String INSERT = """
            insert into upload (id, tenant, media_type, length, sha256, expires_at)
            values (:id, :tenant, :mediaType, :length, :sha256, :expiresAt)
            """;

    private static final String TAKE = """
            update upload set taken_at = :at, named_request = :namedRequest, named_work = :namedWork,
                whole_request = :wholeRequest, whole_work = :wholeWork
            where id = :id and taken_at is null
            """;

    private static final String RELEASE = """
            update upload set taken_at = null, named_request = null, named_work = null, whole_request = null,
                whole_work = null
            where id = :id and whole_request = :wholeRequest
            """;

    private static final String WAITING = """
            select id from upload
            where id = any(:ids) and coalesce(taken_at, expires_at) >= :since
            """;

    private static final String FORGET_TAKEN = """
            delete from upload where ctid = any(array(
                select ctid from upload where id < :opened and taken_at < :before order by id limit :most
                for update skip locked))
            """;

    private final TaskDatabase database;

    public DirectUploads(TaskDatabase database) {
        this.database = database;
    }

    private record Pending(long bytes, @Nullable Instant next) {}

    /**
     * Opens an upload, if the tenant's uploads that no task has taken have so many bytes at most with it. Each counts
     * for {@link #LEAST_COUNTED} at least, until it is {@linkplain #forget forgotten}.
     *
     * @return empty: it is open; else the moment at which the oldest of the others expires
     */
    public Optional<Instant> open(DirectUpload upload, long mostBytes) {
        return database.inTransaction(handle -> {
            handle.createQuery(LOCK)
                    .bind("tenant", upload.tenant())
                    .map((_, _) -> true)
                    .one();
            Pending pending = handle.createQuery(PENDING)
                    .bind("tenant", upload.tenant())
                    .bind("least", LEAST_COUNTED)
                    .map((row, _) -> new Pending(row.getLong("bytes"), TaskRow.nullableInstant(row, "next")))
                    .one();
            if (pending.next() != null && pending.bytes() + Math.max(upload.length(), LEAST_COUNTED) > mostBytes) {
                return Optional.of(pending.next());
            }
            handle.createUpdate(INSERT)
                    .bind("id", upload.id().value())
                    .bind("tenant", upload.tenant())
                    .bind("mediaType", upload.mediaType())
                    .bind("length", upload.length())
                    .bind("sha256", upload.hash())
                    .bind("expiresAt", timestamp(upload.expiresAt()))
                    .execute();
            return Optional.empty();
        });
    }

    /** The upload of this id; empty if there is none, or it has been forgotten. */
    public Optional<DirectUpload> find(UploadId id) {
        return database.with(handle -> handle.createQuery("select * from upload where id = :id")
                .bind("id", id.value())
                .map((row, _) -> upload(row))
                .findOne());
    }

    /** Gives the photo to a request, if no other one has it. Returns whether it has it now. */
    public boolean take(UploadId id, DirectUpload.Taking by, Instant at) {
        return database.with(handle -> handle.createUpdate(TAKE)
                        .bind("id", id.value())
                        .bind("at", timestamp(at))
                        .bind("namedRequest", by.namedRequest())
                        .bind("namedWork", by.namedWork())
                        .bind("wholeRequest", by.wholeRequest())
                        .bind("wholeWork", by.wholeWork())
                        .execute()
                > 0);
    }

    /** Takes the photo away from a request that became no task, so that another one can have it. */
    public void release(UploadId id, DirectUpload.Taking by) {
        database.with(handle -> handle.createUpdate(RELEASE)
                .bind("id", id.value())
                .bind("wholeRequest", by.wholeRequest())
                .execute());
    }

    /**
     * Finds those of these uploads whose photos are still needed: no task has taken them and they have not expired, or
     * a task has just taken them.
     *
     * @param since the moment before which they must have expired, or been taken, not to be needed
     */
    public Set<UploadId> waiting(List<UploadId> ids, Instant since) {
        return database.with(handle -> handle.createQuery(WAITING)
                .bindArray("ids", UUID.class, ids.stream().map(UploadId::value).toList())
                .bind("since", timestamp(since))
                .map((row, _) -> new UploadId(row.getObject("id", UUID.class)))
                .set());
    }

    /**
     * Forgets uploads. Their images must be gone.
     *
     * @param expiredBefore those that nobody took, and that expired before this moment
     * @param takenBefore those that somebody took before this moment
     */
    public void forget(Instant expiredBefore, Instant takenBefore) {
        database.with(
                handle -> handle.createUpdate("delete from upload where taken_at is null and expires_at < :before")
                        .bind("before", timestamp(expiredBefore))
                        .execute());
        int last;
        do {
            last = database.with(handle -> handle.createUpdate(FORGET_TAKEN)
                    // An upload is opened before it is taken, and there is an index for that
                    .bind("opened", UploadId.bound(takenBefore).value())
                    .bind("before", timestamp(takenBefore))
                    .bind("most", FORGOTTEN_AT_ONCE)
                    .execute());
        } while (last == FORGOTTEN_AT_ONCE);
    }

    private static DirectUpload upload(ResultSet row) throws SQLException {
        return new DirectUpload(
                new UploadId(row.getObject("id", UUID.class)),
                row.getString("tenant"),
                row.getString("media_type"),
                row.getLong("length"),
                row.getString("sha256"),
                TaskRow.instant(row, "expires_at"),
                row.getObject("taken_at") == null
                        ? null
                        : new DirectUpload.Taking(
                                row.getString("named_request"),
                                row.getString("named_work"),
                                row.getString("whole_request"),
                                row.getString("whole_work")));
    }
}
