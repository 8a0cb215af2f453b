package io.pawline.ops.replay;

import io.pawline.ops.audit.Audit;
import io.pawline.ops.replay.ReplayPlans.Plan;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Creates, pauses, resumes and aborts replays for operators. Each action is in the audit. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class ReplayActions {

    /**
     * The statement takes only what nobody has taken: a dead letter is in one open replay at most. One that is not open
     * any more stays in the list, so that nobody looks for it.
     */
    private static final String TAKE_DEAD_LETTERS = """
            with wanted as (
                select letter, place from replay_plan, unnest(letters) with ordinality as member (letter, place)
                where replay_plan.id = :plan
            ), chosen as (
                update dead_letter set state = 'replaying' from wanted where id = letter and state = 'open' returning id
            ), added as (
                insert into replay_letter (replay_id, place, letter_id, state, skipped)
                select :replay, place, letter,
                    case when chosen.id is null then 'skipped' else 'waiting' end,
                    case when chosen.id is null then 'not_open' end
                from wanted join dead_letter on dead_letter.id = letter left join chosen on chosen.id = letter
            )
            select count(*) from chosen
            """;

    private static final String TAKE_TASKS = """
            with added as (
                insert into replay_letter (replay_id, place, task_id)
                select :replay, place, task from replay_plan, unnest(tasks) with ordinality as member (task, place)
                where replay_plan.id = :plan
                returning place
            )
            select count(*) from added
            """;

    private final TaskDatabase database;
    private final Clock clock;

    ReplayActions(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Creates a replay of what a plan has, running or scheduled. What is no longer open is skipped.
     *
     * @return its id; empty if nothing of the plan is open
     */
    Optional<UUID> create(Plan plan, ReplayOrder order, String who, String why) {
        UUID id = UUID.randomUUID();
        Instant now = clock.instant();
        int replayed = database.inTransaction(handle -> {
            HistoryPlans.use(handle);
            insert(handle, id, plan, order, who, why, now);
            int chosen = handle.createQuery(plan.ofTasks() ? TAKE_TASKS : TAKE_DEAD_LETTERS)
                    .bind("plan", plan.id())
                    .bind("replay", id)
                    .mapTo(Integer.class)
                    .one();
            if (chosen == 0) {
                handle.rollback();
                return 0;
            }
            Audit.note(handle, new Audit.Entry(now, who, "replay", why, plan.filter(), chosen, id, null));
            return chosen;
        });
        return replayed == 0 ? Optional.empty() : Optional.of(id);
    }

    private static void insert(
            Handle handle, UUID id, Plan plan, ReplayOrder order, String who, String why, Instant now) {
        Instant startsAt = order.startsAt();
        Duration deadline = order.deadline();
        handle.createUpdate("""
                        insert into replay (id, state, name, plan_id, restarts, per_second, deadline_seconds, starts_at,
                            stop_percent, asked_by, why, filter, created_at)
                        values (:id, :state, :name, :plan, :restarts, :perSecond, :deadline, :startsAt, :stopPercent,
                            :who, :why, cast(:filter as jsonb), :now)
                        """)
                .bind("id", id)
                .bind("state", startsAt != null && startsAt.isAfter(now) ? "scheduled" : "running")
                .bind("name", order.name() == null ? plan.name() : order.name())
                .bind("plan", plan.id())
                .bind("restarts", plan.restarts())
                .bind("perSecond", order.perSecond())
                .bind("deadline", deadline == null ? null : (Long) deadline.toSeconds())
                .bind("startsAt", startsAt == null ? null : startsAt.atOffset(ZoneOffset.UTC))
                .bind("stopPercent", order.stopPercent())
                .bind("who", who)
                .bind("why", why)
                .bind("filter", plan.filter())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    /**
     * Moves a replay to another state: {@code pause}, {@code resume} or {@code abort}. An aborted one gives back the
     * dead letters that it has not taken.
     *
     * @return false if it is not in a state for it
     */
    boolean move(UUID replay, Move move, String who, String why) {
        Instant now = clock.instant();
        return database.inTransaction(handle -> {
            boolean moved = handle.createUpdate("""
                                    update replay set state = :to, paused_because = null,
                                        ended_at = case when :to = 'aborted' then :now end,
                                        counted_from = case when :to = 'running' then coalesce((
                                            select max(place) from replay_letter where replay_id = :replay
                                                and state <> 'waiting'), 0) else counted_from end
                                    where id = :replay and state = any(:from)
                                    """)
                            .bind("to", move.to())
                            .bind("now", now.atOffset(ZoneOffset.UTC))
                            .bind("replay", replay)
                            .bindArray("from", String.class, move.from())
                            .execute()
                    == 1;
            if (!moved) {
                return false;
            }
            int given = move == Move.ABORT ? giveBack(handle, replay) : 0;
            Audit.note(handle, new Audit.Entry(now, who, move.code(), why, null, given, replay, null));
            return true;
        });
    }

    private static int giveBack(Handle handle, UUID replay) {
        return handle.createQuery("""
                        with waiting as (
                            update replay_letter set state = 'skipped', skipped = 'aborted'
                            where replay_id = :replay and state = 'waiting' returning letter_id
                        ), given as (
                            update dead_letter set state = 'open' from waiting
                            where id = letter_id and state = 'replaying'
                        )
                        select count(*) from waiting
                        """)
                .bind("replay", replay)
                .mapTo(Integer.class)
                .one();
    }

    /** A move that an operator can make with a replay that is not at its end. */
    enum Move {
        PAUSE("paused", List.of("running")),
        RESUME("running", List.of("paused")),
        ABORT("aborted", List.of("scheduled", "running", "paused"));

        private final String to;

        @SuppressWarnings("ImmutableEnumChecker") // List.of
        private final List<String> from;

        Move(String to, List<String> from) {
            this.to = to;
            this.from = from;
        }

        String to() {
            return to;
        }

        List<String> from() {
            return from;
        }

        /** Gives the name of the move in the API and in the audit. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
