package io.pawline.ops.deadletters;

import io.pawline.taskstore.TaskDatabase;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the replays that a dead letter has been in. It stands here and not with replays, which use dead letters, so
 * that neither feature needs the other. Thread-safe.
 */
final class DeadLetterReplays {

    private final TaskDatabase database;

    DeadLetterReplays(TaskDatabase database) {
        this.database = database;
    }

    /** The part that one dead letter has in a replay. */
    record InReplay(
            UUID replay,
            String state,
            @Nullable String skipped,
            @Nullable Integer generation,
            @Nullable String outcome,
            @Nullable String reason) {}

    /**
     * Finds the replays that a dead letter has been in, oldest first.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    List<InReplay> of(long deadLetter) {
        return database.with(handle -> handle.createQuery("""
                        select replay_letter.* from replay_letter join replay on replay.id = replay_id
                        where letter_id = :letter order by created_at
                        """)
                .bind("letter", deadLetter)
                .map((row, _) -> new InReplay(
                        row.getObject("replay_id", UUID.class),
                        row.getString("state"),
                        row.getString("skipped"),
                        row.getObject("generation", Integer.class),
                        row.getString("outcome"),
                        row.getString("reason")))
                .list());
    }
}
