package io.pawline.ops.replay;

import io.pawline.ops.audit.Audit;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Starts the replays whose time has come, and pauses those of which too many fail. Several processes may do so at once.
 * Thread-safe.
 */
final class ReplaySchedule {

    /** Fewer results than these say nothing about a replay. */
    static final int ENOUGH = 20;

    /** In the audit, this is who pauses a replay of which too many fail. */
    private static final String WHO = "pawline";

    private static final String START = """
            update replay set state = 'running' where state = 'scheduled' and starts_at <= :now
            """;

    private static final String FAILING = """
            select id, stop_percent, failed, ended from replay, lateral (
                select count(*) filter (where outcome <> 'succeeded') as failed, count(*) as ended
                from replay_letter where replay_id = replay.id and place > counted_from and outcome is not null) results
            where state = 'running' and stop_percent is not null and ended >= :enough
                and 100 * failed > stop_percent * ended
            """;

    private final TaskDatabase database;
    private final Clock clock;

    ReplaySchedule(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    private record Failing(UUID replay, int percent, long failed, long ended) {
        String sentence() {
            return "%,d of the %,d results so far are no success, which is more than %d %%"
                    .formatted(failed, ended, percent);
        }
    }

    /**
     * Does what is due.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    void step() {
        Instant now = clock.instant();
        database.inTransaction(handle -> {
            int started = handle.createUpdate(START)
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .execute();
            List<Failing> failing = handle.createQuery(FAILING)
                    .bind("enough", ENOUGH)
                    .map((row, _) -> new Failing(
                            row.getObject("id", UUID.class),
                            row.getInt("stop_percent"),
                            row.getLong("failed"),
                            row.getLong("ended")))
                    .list();
            failing.forEach(replay -> pause(handle, replay, now));
            return started + failing.size();
        });
    }

    private static void pause(Handle handle, Failing failing, Instant now) {
        int paused = handle.createUpdate("""
                        update replay set state = 'paused', paused_because = :why where id = :replay and state = 'running'
                        """)
                .bind("why", failing.sentence())
                .bind("replay", failing.replay())
                .execute();
        if (paused == 1) {
            Audit.note(handle, new Audit.Entry(now, WHO, "pause", failing.sentence(), null, 0, failing.replay(), null));
        }
    }
}
