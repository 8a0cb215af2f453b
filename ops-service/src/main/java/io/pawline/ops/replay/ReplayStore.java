package io.pawline.ops.replay;

import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.deadletters.DeadLetterFilter.Condition;
import io.pawline.ops.replay.ReplayPublisher.Work;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.GenerationOpener;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code replay} and {@code replay_letter}: which letters, and what became of each. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
public final class ReplayStore {

    /** Only what nobody has taken: a letter is in one open replay at most. */
    private static final String SELECT = """
            with chosen as (
                update dead_letter set state = 'replaying' where <where> and state = 'open' returning id, failed_at
            )
            insert into replay_letter (replay_id, place, letter_id)
            select :replay, row_number() over (order by failed_at, id), id from chosen
            """;

    private static final String NEXT = """
            select place, letter_id, dead_letter.task_id, dead_letter.stage, %s as verdict
            from (select * from replay_letter where replay_id = :replay and state = 'waiting' order by place limit :limit) chosen
            join dead_letter on dead_letter.id = chosen.letter_id
            left join task on task.id = dead_letter.task_id
            order by place
            """.formatted(ReplayEligibility.SQL);

    private static final String MARK = """
            update replay_letter set state = :state, skipped = :skipped, task_id = :task,
                generation = :generation, deadline = :deadline
            where replay_id = :replay and place = :place
            """;

    private static final String TAKEN = """
            select replay_letter.place, replay_letter.task_id, replay_letter.generation, replay_letter.deadline,
                dead_letter.stage, dead_letter_record.headers,
                coalesce((select record_value from dead_letter_edit where letter_id = dead_letter.id
                          order by version desc limit 1), dead_letter_record.record_value) as record_value
            from replay_letter
            join dead_letter on dead_letter.id = replay_letter.letter_id
            join dead_letter_record on dead_letter_record.letter_id = replay_letter.letter_id
            where replay_id = :replay and replay_letter.state = 'taken' order by place
            """;

    /** How a replayed task's next generation ended, as its row has it; of a callback, whether it was told. */
    private static final String SETTLE = """
            with known as (
                select replay_letter.replay_id, place, letter_id,
                    case when dead_letter.stage = 'callback'
                        then case when task.delivered_at is not null then 'succeeded' else 'failed' end
                        else case task.state when 'success' then 'succeeded' else task.state end end as outcome,
                    case when dead_letter.stage = 'callback'
                        then case when task.delivered_at is null then coalesce(newer.reason, task.delivery_reason) end
                        else task.reason end as reason
                from replay_letter
                join dead_letter on dead_letter.id = letter_id
                join task on task.id = replay_letter.task_id and task.generation = replay_letter.generation
                left join lateral (select reason from dead_letter again where again.task_id = replay_letter.task_id
                        and again.generation = replay_letter.generation and again.stage = 'callback' limit 1) newer on true
                where replay_letter.state = 'published' and outcome is null and <which>
                    and case when dead_letter.stage = 'callback'
                        then task.delivered_at is not null or newer.reason is not null
                        else task.state <> 'accepted' end
            ), told as (
                update replay_letter set outcome = known.outcome, reason = known.reason from known
                where replay_letter.replay_id = known.replay_id and replay_letter.place = known.place
            )
            update dead_letter set state = case known.outcome
                when 'succeeded' then 'replayed' when 'failed' then 'failed_again' else 'open' end
            from known where dead_letter.id = known.letter_id and dead_letter.state = 'replaying'
            """;

    private final TaskDatabase database;
    private final ReplaySettings settings;
    private final Clock clock;

    public ReplayStore(TaskDatabase database, ReplaySettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Creates a replay of the open letters that a filter leaves, running.
     *
     * @param asked the filter as it was asked for, JSON
     * @return its id; empty if there is no such letter
     */
    public Optional<UUID> create(DeadLetterFilter filter, String asked, int perSecond, String who, String why) {
        UUID id = UUID.randomUUID();
        Condition where = filter.condition();
        Instant now = clock.instant();
        int letters = database.inTransaction(handle -> {
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
        return letters == 0 ? Optional.empty() : Optional.of(id);
    }

    /** A replay that has letters to publish. */
    record Running(UUID id, int perSecond) {}

    /** The oldest replay that is to go on, or that was left with letters taken: their tasks wait for them, come what may. */
    Optional<Running> running() {
        return database.with(handle -> handle.createQuery("""
                        select id, per_second from replay where state = 'running' or exists (
                            select from replay_letter where replay_id = replay.id and replay_letter.state = 'taken')
                        order by created_at limit 1
                        """)
                .map((row, _) -> new Running(row.getObject("id", UUID.class), row.getInt("per_second")))
                .findOne());
    }

    /** Notes that the letters taken up to this place are published. */
    void markPublished(UUID replay, int upTo) {
        database.inTransaction(handle -> handle.createUpdate("""
                        update replay_letter set state = 'published'
                        where replay_id = :replay and state = 'taken' and place <= :upTo
                        """)
                .bind("replay", replay)
                .bind("upTo", upTo)
                .execute());
    }

    /** Notes that nobody can say whether the letters taken are published; returns how many. */
    int markInDoubt(UUID replay) {
        return database.inTransaction(handle -> handle.createUpdate(
                        "update replay_letter set state = 'in_doubt' where replay_id = :replay and state = 'taken'")
                .bind("replay", replay)
                .execute());
    }

    /** Whether letters are taken and not known to be published. */
    boolean hasTaken(UUID replay) {
        return !taken(replay).isEmpty();
    }

    /** A letter that was taken, at its place. */
    record Taken(int place, Work work) {}

    /** Those taken and not known to be published, in their order. */
    List<Taken> taken(UUID replay) {
        return database.with(handle -> handle.createQuery(TAKEN)
                .bind("replay", replay)
                .map((row, _) -> new Taken(
                        row.getInt("place"),
                        new Work(
                                Stage.ofCode(row.getString("stage")).orElseThrow(),
                                row.getObject("task_id", UUID.class),
                                row.getBytes("record_value"),
                                row.getInt("generation"),
                                row.getObject("deadline", OffsetDateTime.class).toInstant(),
                                Traces.of(row.getString("headers")))))
                .list());
    }

    private record Candidate(int place, long letter, UUID task, Stage stage, String verdict) {}

    /**
     * Takes the next letters: opens the next generation of each one's task, or notes why it is skipped.
     *
     * @return the last place looked at; 0 if none is left, and then the replay is done, or if it is not to go on
     */
    int take(UUID replay, int limit) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return database.inTransaction(handle -> {
            if (!lockRunning(handle, replay)) {
                return 0;
            }
            List<Candidate> candidates = next(handle, replay, limit, now);
            if (candidates.isEmpty()) {
                finish(handle, replay, now);
                return 0;
            }
            // With its next generation open, nobody could tell any more how a task's last one ended.
            settle(
                    handle,
                    candidates.stream()
                            .map(Candidate::task)
                            .filter(Objects::nonNull)
                            .toList());
            Map<UUID, Integer> generations = new HashMap<>(
                    GenerationOpener.reopen(handle, tasks(candidates, false), now.plus(settings.deadline())));
            generations.putAll(GenerationOpener.renotify(handle, tasks(candidates, true)));
            Set<UUID> given = new HashSet<>();
            PreparedBatch marks = handle.prepareBatch(MARK);
            Map<String, List<Long>> left = new HashMap<>();
            for (Candidate candidate : candidates) {
                // Of two letters of one task the first is taken.
                boolean taken = generations.containsKey(candidate.task()) && given.add(candidate.task());
                mark(marks, replay, candidate, taken ? generations.get(candidate.task()) : null, now);
                if (!taken) {
                    left.computeIfAbsent(
                                    candidate.verdict().equals("succeeded") ? "replayed" : "open",
                                    _ -> new ArrayList<>())
                            .add(candidate.letter());
                }
            }
            marks.execute();
            left.forEach((state, letters) -> handle.createUpdate(
                            "update dead_letter set state = :state where id = any(:letters) and state = 'replaying'")
                    .bind("state", state)
                    .bindArray("letters", Long.class, letters)
                    .execute());
            return candidates.getLast().place();
        });
    }

    /** Letters are taken in the order of their places, whoever takes them. */
    private static boolean lockRunning(Handle handle, UUID replay) {
        return handle.createQuery("select id from replay where id = :replay and state = 'running' for update")
                .bind("replay", replay)
                .mapTo(UUID.class)
                .findOne()
                .isPresent();
    }

    private List<Candidate> next(Handle handle, UUID replay, int limit, Instant now) {
        return handle.createQuery(NEXT)
                .bind("replay", replay)
                .bind("limit", limit)
                .bind("cap", settings.cap())
                .bind("picturesSince", now.minus(settings.picturesKept()).atOffset(ZoneOffset.UTC))
                .map((row, _) -> new Candidate(
                        row.getInt("place"),
                        row.getLong("letter_id"),
                        row.getObject("task_id", UUID.class),
                        Stage.ofCode(row.getString("stage")).orElseThrow(),
                        row.getString("verdict")))
                .list();
    }

    private static List<UUID> tasks(List<Candidate> candidates, boolean endings) {
        return candidates.stream()
                .filter(candidate -> candidate.verdict().equals(ReplayEligibility.REPLAY))
                .filter(candidate -> candidate.stage().notifiesReceivers() == endings)
                .map(Candidate::task)
                .distinct()
                .toList();
    }

    private void mark(
            PreparedBatch marks, UUID replay, Candidate candidate, @Nullable Integer generation, Instant now) {
        String verdict = candidate.verdict().equals(ReplayEligibility.REPLAY) ? "under_way" : candidate.verdict();
        marks.bind("state", generation == null ? "skipped" : "taken")
                .bind("skipped", generation == null ? verdict : null)
                .bind("task", candidate.task())
                .bind("generation", generation)
                .bind("deadline", now.plus(settings.deadline()).atOffset(ZoneOffset.UTC))
                .bind("replay", replay)
                .bind("place", candidate.place())
                .add();
    }

    /** Unless another process has taken the last letters and is on its way to publish them. */
    private static void finish(Handle handle, UUID replay, Instant now) {
        handle.createUpdate("""
                        update replay set state = 'done', ended_at = :now where id = :replay and state = 'running'
                            and not exists (select from replay_letter where replay_id = :replay and state = 'taken')
                        """)
                .bind("replay", replay)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    /** Notes how those replayed have ended; returns how many have by now. */
    public int settle() {
        return database.inTransaction(
                handle -> handle.createUpdate(SETTLE).define("which", "true").execute());
    }

    private static void settle(Handle handle, List<UUID> tasks) {
        handle.createUpdate(SETTLE)
                .define("which", "replay_letter.task_id = any(:tasks)")
                .bindArray("tasks", UUID.class, tasks)
                .execute();
    }

    /**
     * Moves a replay to another state: {@code pause}, {@code resume} or {@code abort}. An aborted one gives back the letters
     * that have not been taken.
     *
     * @return false if it is not in a state for it
     */
    public boolean move(UUID replay, Move move, String who, String why) {
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

    /** What can be done with a replay that is not at its end. */
    public enum Move {
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

        /** The move's name in the API and the audit. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
