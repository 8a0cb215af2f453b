package io.pawline.ops.deadletters;

import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Keeps filters of dead letters that people come back to, each by its name. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class SavedFilters {

    /** More than these nobody finds again. */
    static final int MOST = 200;

    private static final String SAVE = """
            insert into saved_filter (name, filter, saved_by, saved_at)
            select :name, cast(:filter as jsonb), :who, :now
            where exists (select from saved_filter where name = :name) or (select count(*) from saved_filter) < :most
            on conflict (name) do update set filter = excluded.filter, saved_by = excluded.saved_by,
                saved_at = excluded.saved_at
            """;

    private final TaskDatabase database;
    private final Clock clock;

    SavedFilters(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** @param filter the parameters of the list, JSON */
    record Saved(String name, String filter, String savedBy, Instant savedAt) {}

    /** Finds all of them, by name. */
    List<Saved> all() {
        return database.with(handle -> handle.createQuery("select * from saved_filter order by name limit :most")
                .bind("most", MOST)
                .map((row, _) -> new Saved(
                        row.getString("name"),
                        row.getString("filter"),
                        row.getString("saved_by"),
                        row.getObject("saved_at", OffsetDateTime.class).toInstant()))
                .list());
    }

    /**
     * Saves a filter, in the place of another of its name.
     *
     * @return false if there are too many
     */
    boolean save(String name, String filter, String who) {
        return database.inTransaction(handle -> handle.createUpdate(SAVE)
                        .bind("name", name)
                        .bind("filter", filter)
                        .bind("who", who)
                        .bind("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .bind("most", MOST)
                        .execute()
                == 1);
    }

    /** Forgets a filter, if there is one of this name. */
    void forget(String name) {
        database.inTransaction(handle -> handle.createUpdate("delete from saved_filter where name = :name")
                .bind("name", name)
                .execute());
    }
}
