package io.pawline.ops.replay;

import java.time.Instant;
import java.time.ZoneOffset;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * Says in SQL whether a dead letter can be replayed: one word for each, the same in a dry run and when it is its turn.
 * Needs the parameters {@code cap} and {@code picturesSince}, and {@code dead_letter} joined by {@link #JOIN_TASK}.
 */
final class ReplayEligibility {

    /** This word is for a dead letter that can be replayed; all others say why it is skipped. */
    static final String REPLAY = "replay";

    static final String SQL = """
            case
                when dead_letter.undecodable is not null
                    and not exists (select from dead_letter_edit where letter_id = dead_letter.id) then 'undecodable'
                when task.id is null then 'no_task'
                when dead_letter.state not in ('open', 'replaying') then 'not_open'
                when task.state = 'cancelled' and dead_letter.stage <> 'callback' then 'cancelled'
                when task.state = 'accepted' then 'under_way'
                when task.state = 'success' and dead_letter.stage <> 'callback' then 'succeeded'
                when task.delivered_at is not null and dead_letter.stage = 'callback' then 'succeeded'
                when task.callback_url is null and dead_letter.stage = 'callback' then 'nobody_to_tell'
                when task.generation > :cap then 'replay_cap'
                when exists (select from dead_letter newer where newer.task_id = dead_letter.task_id
                    and newer.generation > dead_letter.generation) then 'superseded'
                when dead_letter.stage = 'matting'
                    and coalesce(dead_letter.work_at, dead_letter.failed_at) < :picturesSince then 'expired'
                else 'replay'
            end""";

    /**
     * The same for a replay that begins with the photo. It needs nothing of the dead letter, so the bytes of that may be
     * broken, and its picture may be gone. A cancelled task is replayed only if it was chosen as such, and once the
     * stages no longer hold its cancellation.
     */
    static final String RESTART_SQL = """
            case
                when task.id is null then 'no_task'
                when task.erased_at is not null then 'erased'
                when dead_letter.state not in ('open', 'replaying') then 'not_open'
                when task.state = 'accepted' then 'under_way'
                when task.state = 'success' then 'succeeded'
                when task.state = 'cancelled' and dead_letter.id is not null then 'cancelled'
                when task.cancel_untold or task.cancel_standing then 'cancellation_stands'
                when task.generation > :cap then 'replay_cap'
                when exists (select from dead_letter newer where newer.task_id = dead_letter.task_id
                    and newer.generation > dead_letter.generation) then 'superseded'
                else 'replay'
            end""";

    /** Looks each task up by its key. Otherwise, the server would read all tasks for some thousands. */
    static final String JOIN_TASK =
            "left join lateral (select * from task where task.id = dead_letter.task_id offset 0) task on true";

    /** The same for a member of a replay, which may be a task without a dead letter: its id is {@code member.task_id}. */
    static final String JOIN_TASK_OF_MEMBER = "left join lateral (select * from task"
            + " where task.id = coalesce(dead_letter.task_id, member.task_id) offset 0) task on true";

    private ReplayEligibility() {}

    /** Gives the expression for a replay that begins with the photo, or at the stage that gave up. */
    static String sql(boolean restarts) {
        return restarts ? RESTART_SQL : SQL;
    }

    /** Binds the parameters of the expression. */
    static <S extends SqlStatement<S>> S bind(S statement, boolean restarts, ReplaySettings settings, Instant now) {
        S bound = statement.bind("cap", settings.cap());
        return restarts
                ? bound
                : bound.bind("picturesSince", now.minus(settings.picturesKept()).atOffset(ZoneOffset.UTC));
    }
}
