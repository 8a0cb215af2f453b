package io.pawline.ops.replay;

import io.pawline.ops.audit.Audit;
import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.deadletters.DeadLetterFilter.Condition;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
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

    /** The statement takes only what nobody has taken: a dead letter is in one open replay at most. */
    private static final String SELECT = """
            with chosen as (
                update dead_letter set state = 'replaying' where <where> and state = 'open' returning id, failed_at
            )
            insert into replay_letter (replay_id, place, letter_id)
            select :replay, row_number() over (order by failed_at, id), id from chosen
            """;

    private final TaskDatabase database;
    private final Clock clock;

    ReplayActions(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Creates a running replay of the open dead letters that a filter leaves.
     *
     * @param asked the filter as it was asked for, JSON
     * @return its id; empty if there is no such dead letter
     */
    Optional<UUID> create(DeadLetterFilter filter, String asked, int perSecond, String who, String why) {
        UUID id = UUID.randomUUID();
        Condition where = filter.condition();
        Instant now = clock.instant();
        int replayed = database.inTransaction(handle -> {
            HistoryPlans.use(handle);
            handle.createUpdate("""
                            insert into replay (id, per_second, asked_by, why, filter, created_at)
                            values (:id, :perSecond, :who, :why, cast(:filter as jsonb), :now)
                            """)
                    .bind("id", id)
                    .bind("perSecond", perSecond)
                    .bind("who", who)
                    .bind("why", why)
                    .bind("filter", asked)
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .execute();
            int chosen =
                    where.bindTo(handle.createUpdate(SELECT)).bind("replay", id).execute();
            if (chosen == 0) {
                handle.rollback();
                return 0;
            }
            Audit.note(handle, new Audit.Entry(now, who, "replay", why, asked, chosen, id, null));
            return chosen;
        });
        return replayed == 0 ? Optional.empty() : Optional.of(id);
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
                                    update replay set state = :to, ended_at = case when :to = 'aborted' then :now end
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
        return handle.createUpdate("""
                        with waiting as (
                            update replay_letter set state = 'skipped', skipped = 'aborted'
                            where replay_id = :replay and state = 'waiting' returning letter_id
                        )
                        update dead_letter set state = 'open' from waiting where id = letter_id and state = 'replaying'
                        """).bind("replay", replay).execute();
    }

    /** A move that an operator can make with a replay that is not at its end. */
    enum Move {
        PAUSE("paused", List.of("running")),
        RESUME("running", List.of("paused")),
        ABORT("aborted", List.of("running", "paused"));

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
