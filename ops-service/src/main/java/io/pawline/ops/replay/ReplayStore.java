package io.pawline.ops.replay;

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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps how far the running replays have come: takes their next dead letters, and notes which are published.
 * Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class ReplayStore {

    private static final String NEXT = """
            select place, letter_id, dead_letter.task_id, dead_letter.stage, %s as verdict
            from (select * from replay_letter where replay_id = :replay and state = 'waiting' order by place limit :limit) chosen
            join dead_letter on dead_letter.id = chosen.letter_id
            %s
            order by place
            """.formatted(ReplayEligibility.SQL, ReplayEligibility.JOIN_TASK);

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

    private final TaskDatabase database;
    private final ReplaySettings settings;
    private final Clock clock;

    ReplayStore(TaskDatabase database, ReplaySettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /** A replay that has dead letters to publish. */
    record Running(UUID id, int perSecond) {}

    /**
     * Finds the oldest replay that is to go on, or that was left with dead letters taken: their tasks wait for them.
     */
    Optional<Running> running() {
        return database.with(handle -> handle.createQuery("""
                        select id, per_second, created_at from replay where state = 'running'
                        union all
                        select id, per_second, created_at from replay where id = any(array(
                            select replay_id from replay_letter where state = 'taken'))
                        order by created_at limit 1
                        """)
                .map((row, _) -> new Running(row.getObject("id", UUID.class), row.getInt("per_second")))
                .findOne());
    }

    /** Notes that the dead letters taken up to this place are published. */
    void markPublished(UUID replay, int upTo) {
        database.inTransaction(handle -> handle.createUpdate("""
                        update replay_letter set state = 'published'
                        where replay_id = :replay and state = 'taken' and place <= :upTo
                        """)
                .bind("replay", replay)
                .bind("upTo", upTo)
                .execute());
    }

    /** Notes that nobody can say whether the dead letters taken are published; returns how many. */
    int markInDoubt(UUID replay) {
        return database.inTransaction(handle -> handle.createUpdate(
                        "update replay_letter set state = 'in_doubt' where replay_id = :replay and state = 'taken'")
                .bind("replay", replay)
                .execute());
    }

    /** Says whether dead letters are taken and not known to be published. */
    boolean hasTaken(UUID replay) {
        return !taken(replay).isEmpty();
    }

    /** A dead letter that was taken, at its place. */
    record Taken(int place, Work work) {}

    /** Finds the dead letters that are taken and not known to be published, in their order. */
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

    private record Candidate(int place, long deadLetter, UUID task, Stage stage, String verdict) {}

    /**
     * Takes the next dead letters: opens the next generation of each one's task, or notes why it is skipped.
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
            // Once its next generation is open, nobody can say any more how the last one of a task ended.
            ReplaySettlement.settle(
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
                // Of two dead letters of one task, the first is taken.
                boolean taken = generations.containsKey(candidate.task()) && given.add(candidate.task());
                mark(marks, replay, candidate, taken ? generations.get(candidate.task()) : null, now);
                if (!taken) {
                    left.computeIfAbsent(
                                    candidate.verdict().equals("succeeded") ? "replayed" : "open",
                                    _ -> new ArrayList<>())
                            .add(candidate.deadLetter());
                }
            }
            marks.execute();
            left.forEach((state, deadLetters) -> handle.createUpdate(
                            "update dead_letter set state = :state where id = any(:letters) and state = 'replaying'")
                    .bind("state", state)
                    .bindArray("letters", Long.class, deadLetters)
                    .execute());
            return candidates.getLast().place();
        });
    }

    /** Locks the replay if it is running, so that dead letters are taken in the order of their places. */
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

    private static List<UUID> tasks(List<Candidate> candidates, boolean finalStates) {
        return candidates.stream()
                .filter(candidate -> candidate.verdict().equals(ReplayEligibility.REPLAY))
                .filter(candidate -> candidate.stage().notifiesReceivers() == finalStates)
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

    /** Ends the replay, unless another process has taken the last dead letters and is on its way to publish them. */
    private static void finish(Handle handle, UUID replay, Instant now) {
        handle.createUpdate("""
                        update replay set state = 'done', ended_at = :now where id = :replay and state = 'running'
                            and not exists (select from replay_letter where replay_id = :replay and state = 'taken')
                        """)
                .bind("replay", replay)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }
}
