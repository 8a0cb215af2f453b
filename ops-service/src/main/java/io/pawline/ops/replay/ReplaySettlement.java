package io.pawline.ops.replay;

import io.pawline.taskstore.TaskDatabase;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Notes how replayed tasks ended, in the rows of their replay, and gives each dead letter the state that follows.
 * Thread-safe.
 */
final class ReplaySettlement {

    /**
     * The row of a task says how its next generation ended; for a callback it says whether the front end was notified.
     * A dead letter in doubt ends with its task like any other. One whose task was lost was not worked on again.
     */
    private static final String SETTLE = """
            with known as (
                select replay_letter.replay_id, place, letter_id,
                    case when notified
                        then case when task.delivered_at is not null then 'succeeded' else 'failed' end
                        else case task.state when 'success' then 'succeeded' else task.state end end as outcome,
                    case when notified
                        then case when task.delivered_at is null then coalesce(newer.reason, task.delivery_reason) end
                        else task.reason end as reason
                from replay_letter
                join replay on replay.id = replay_letter.replay_id
                left join dead_letter on dead_letter.id = letter_id
                cross join lateral (select coalesce(dead_letter.stage, '') = 'callback' and not restarts as notified) kind
                join task on task.id = replay_letter.task_id and task.generation = replay_letter.generation
                left join lateral (select reason from dead_letter again where again.task_id = replay_letter.task_id
                        and again.generation = replay_letter.generation and again.stage = 'callback' limit 1) newer on true
                where replay_letter.state in ('published', 'in_doubt') and outcome is null and <which>
                    and case when notified
                        then task.delivered_at is not null or newer.reason is not null
                        else task.state <> 'accepted' end
            ), told as (
                update replay_letter set outcome = known.outcome, reason = known.reason from known
                where replay_letter.replay_id = known.replay_id and replay_letter.place = known.place
            )
            update dead_letter set state = case
                when known.outcome = 'succeeded' then 'replayed'
                when known.outcome = 'failed' and known.reason is distinct from 'lost' then 'failed_again'
                else 'open' end
            from known where dead_letter.id = known.letter_id and dead_letter.state = 'replaying'
            """;

    /** Nothing changes any more in a replay that is over and of which the outcome of each dead letter is known. */
    private static final String TALLY = """
            update replay set tally = (
                select coalesce(jsonb_agg(to_jsonb(counted)), '[]'::jsonb) from (
                    select state, outcome, skipped, reason, count(*) letters from replay_letter
                    where replay_id = replay.id group by state, outcome, skipped, reason) counted)
            where tally is null and state in ('done', 'aborted')
                and not exists (select from replay_letter
                    where replay_id = replay.id and state in ('waiting', 'taken'))
                and not exists (select from replay_letter
                    where replay_id = replay.id and state in ('published', 'in_doubt') and outcome is null)
            """;

    private final TaskDatabase database;

    ReplaySettlement(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Notes how the replayed tasks ended; returns how many more have by now.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    int settle() {
        return database.inTransaction(handle -> {
            int settled = handle.createUpdate(SETTLE).define("which", "true").execute();
            handle.createUpdate(TALLY).execute();
            return settled;
        });
    }

    /** Notes how these tasks ended, in the transaction of this handle. */
    static void settle(Handle handle, List<UUID> tasks) {
        handle.createUpdate(SETTLE)
                .define("which", "replay_letter.task_id = any(:tasks)")
                .bindArray("tasks", UUID.class, tasks)
                .execute();
    }
}
