package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how far sweeps through the image store have come, and gives each to one process at a time. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class SweepMarks {

    private static final String TAKE = """
            insert into image_sweep as mark (name, taken_till) values (:name, :till)
            on conflict (name) do update set taken_till = excluded.taken_till
                where mark.taken_till is null or mark.taken_till < :now
            returning done
            """;

    private static final String MOVE = "update image_sweep set done = :done, taken_till = :till where name = :name";

    private final TaskDatabase database;

    public SweepMarks(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Where a sweep has come to.
     *
     * @param done the last key; null: the sweep is to begin
     */
    public record Mark(@Nullable String done) {}

    /** Takes a sweep until a moment; empty if another process has it. */
    public Optional<Mark> take(String sweep, Instant now, Instant till) {
        return database.with(handle -> handle.createQuery(TAKE)
                .bind("name", sweep)
                .bind("now", timestamp(now))
                .bind("till", timestamp(till))
                .map((row, _) -> new Mark(row.getString("done")))
                .findOne());
    }

    /**
     * Notes how far a sweep has come.
     *
     * @param till until this moment the process keeps it
     */
    public void move(String sweep, @Nullable String done, Instant till) {
        database.with(handle -> handle.createUpdate(MOVE)
                .bind("name", sweep)
                .bind("done", done)
                .bind("till", timestamp(till))
                .execute());
    }
}
