package io.pawline.ops.replay;

import io.pawline.taskstore.TaskDatabase;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Who did what to dead letters, and why. Rows are only added, with what they tell of. Thread-safe. */
public final class Audit {

    private final TaskDatabase database;

    public Audit(TaskDatabase database) {
        this.database = database;
    }

    /**
     * One deed.
     *
     * @param filter which letters were asked for, JSON; null: one letter, or a replay's
     * @param letters how many it met
     */
    public record Entry(
            Instant at,
            String who,
            String action,
            String why,
            @Nullable String filter,
            int letters,
            @Nullable UUID replay,
            @Nullable Long letter) {}

    static void note(Handle handle, Entry entry) {
        handle.createUpdate("""
                        insert into audit (at, who, action, why, filter, letters, replay_id, letter_id)
                        values (:at, :who, :action, :why, cast(:filter as jsonb), :letters, :replay, :letter)
                        """)
                .bind("at", entry.at().atOffset(ZoneOffset.UTC))
                .bind("who", entry.who())
                .bind("action", entry.action())
                .bind("why", entry.why())
                .bind("filter", entry.filter())
                .bind("letters", entry.letters())
                .bind("replay", entry.replay())
                .bind("letter", entry.letter())
                .execute();
    }

    /** The newest deeds first. */
    public List<Entry> newest(int limit) {
        return database.with(handle -> handle.createQuery("select * from audit order by id desc limit :limit")
                .bind("limit", limit)
                .map((row, _) -> new Entry(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("who"),
                        row.getString("action"),
                        row.getString("why"),
                        row.getString("filter"),
                        row.getInt("letters"),
                        row.getObject("replay_id", UUID.class),
                        row.getObject("letter_id", Long.class)))
                .list());
    }
}
