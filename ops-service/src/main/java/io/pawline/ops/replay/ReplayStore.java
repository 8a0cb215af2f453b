package io.pawline.ops.replay;

import io.pawline.ops.replay.ReplayPublisher.Work;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.GenerationOpener;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Keeps how far the running replays have come: takes their next dead letters, and notes which are published.
 * Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class ReplayStore {

    private static final String NEXT = """
            select member.place, member.letter_id, coalesce(dead_letter.task_id, member.task_id) as task_id,
                coalesce(dead_letter.stage, 'detect') as stage, <verdict> as verdict, <value> as record_value
            from (select * from replay_letter where replay_id = :replay and state = 'waiting' order by place limit :limit)
                member
            left join dead_letter on dead_letter.id = member.letter_id
            left join dead_letter_record on dead_letter_record.letter_id = member.letter_id
            <task>
            order by member.place
            """;

    private static final String NEWEST_VALUE = """
            coalesce((select record_value from dead_letter_edit where letter_id = dead_letter.id
                      order by version desc limit 1), dead_letter_record.record_value)""";

    private static final String MARK = """
            update replay_letter set state = :state, skipped = :skipped, task_id = :task,
                generation = :generation, deadline = :deadline
            where replay_id = :replay and place = :place
            """;

    private static final String TAKEN = """
            select replay_letter.place, replay_letter.task_id, replay_letter.generation, replay_letter.deadline,
                dead_letter.stage, dead_letter_record.headers, %s as record_value
            from replay_letter
            join dead_letter on dead_letter.id = replay_letter.letter_id
            join dead_letter_record on dead_letter_record.letter_id = replay_letter.letter_id
            where replay_id = :replay and replay_letter.state = 'taken' order by place
            """.formatted(NEWEST_VALUE);

    private static final String SET_ASIDE = """
            with aside as (
                update replay_letter set state = 'skipped', skipped = 'unpublishable'
                where replay_id = :replay and place = :place and state = 'taken'
                returning letter_id, task_id, generation
            ), opened as (
                update dead_letter set state = 'open' from aside where id = letter_id and state = 'replaying'
            )
            select task_id, generation from aside
            """;

    private final TaskDatabase database;
    private final ReplaySettings settings;
    private final Clock clock;

    ReplayStore(TaskDatabase database, ReplaySettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A replay that has dead letters to publish.
     *
     * @param restarts whether its tasks begin with their photo, and so are published by somebody else
     */
    record Running(UUID id, int perSecond, boolean restarts) {}

    /** Says whether the bytes of a dead letter can be published again; if not, in a sentence. */
    @FunctionalInterface
    interface Check {
        Optional<String> obstacle(Stage stage, byte @Nullable [] value);
    }

    /**
     * Finds the replays that are to go on, or that were left with dead letters taken: their tasks wait for them. The
     * oldest is the first.
     */
    List<Running> running() {
        return database.with(handle -> handle.createQuery("""
                        select id, per_second, restarts from replay where state = 'running' or id = any(array(
                            select replay_id from replay_letter where state = 'taken'))
                        order by created_at, id
                        """)
                .map((row, _) -> new Running(
                        row.getObject("id", UUID.class), row.getInt("per_second"), row.getBoolean("restarts")))
                .list());
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

    /**
     * Sets a dead letter aside that was taken and that Kafka refuses, so that it holds up no other. It was not
     * published. It is open again, and the generation of its task that nobody works on ends as lost in a moment.
     */
    void setAside(UUID replay, int place) {
        Instant now = clock.instant();
        database.inTransaction(handle -> {
            Map<UUID, Integer> abandoned = handle
                    .createQuery(SET_ASIDE)
                    .bind("replay", replay)
                    .bind("place", place)
                    .map((row, _) -> Map.entry(row.getObject("task_id", UUID.class), row.getInt("generation")))
                    .stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            GenerationOpener.abandon(handle, abandoned, now);
            return abandoned.size();
        });
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

    /** How a replay treats its dead letters. */
    private record Terms(boolean restarts, Duration deadline) {}

    private record Candidate(int place, @Nullable Long deadLetter, UUID task, Stage stage, String verdict) {
        boolean replayed() {
            return verdict.equals(ReplayEligibility.REPLAY);
        }
    }

    /**
     * Takes the next dead letters: opens the next generation of each one's task, or notes why it is skipped. A task that
     * begins with its photo is published by the relay of accepted tasks, as every other task.
     *
     * @param check of the bytes that would be published: what fails is skipped, and its task stays as it is
     * @return the last place looked at; 0 if none is left, and then the replay is done, or if it is not to go on
     */
    int take(UUID replay, int limit, Check check) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return database.inTransaction(handle -> {
            Optional<Terms> running = lockRunning(handle, replay);
            if (running.isEmpty()) {
                return 0;
            }
            Terms terms = running.get();
            List<Candidate> candidates = next(handle, replay, terms, limit, check, now);
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
            mark(handle, replay, candidates, open(handle, candidates, terms, now), terms, now);
            return candidates.getLast().place();
        });
    }

    /** Opens the next generations; returns them by their tasks. */
    private static Map<UUID, Integer> open(Handle handle, List<Candidate> candidates, Terms terms, Instant now) {
        Instant deadline = now.plus(terms.deadline());
        if (terms.restarts()) {
            return GenerationOpener.restart(handle, tasks(candidates, _ -> true), deadline);
        }
        Map<UUID, Integer> generations = new HashMap<>(GenerationOpener.reopen(
                handle, tasks(candidates, candidate -> !candidate.stage().notifiesReceivers()), deadline));
        generations.putAll(GenerationOpener.renotify(
                handle, tasks(candidates, candidate -> candidate.stage().notifiesReceivers())));
        return generations;
    }

    private static void mark(
            Handle handle,
            UUID replay,
            List<Candidate> candidates,
            Map<UUID, Integer> generations,
            Terms terms,
            Instant now) {
        Set<UUID> given = new HashSet<>();
        PreparedBatch marks = handle.prepareBatch(MARK);
        Map<String, List<Long>> left = new HashMap<>();
        for (Candidate candidate : candidates) {
            // Of two dead letters of one task, the first is taken.
            boolean taken = generations.containsKey(candidate.task()) && given.add(candidate.task());
            mark(marks, replay, candidate, taken ? generations.get(candidate.task()) : null, terms, now);
            if (!taken && candidate.deadLetter() != null) {
                left.computeIfAbsent(
                                candidate.verdict().equals("succeeded") ? "replayed" : "open", _ -> new ArrayList<>())
                        .add(candidate.deadLetter());
            }
        }
        marks.execute();
        left.forEach((state, deadLetters) -> handle.createUpdate(
                        "update dead_letter set state = :state where id = any(:letters) and state = 'replaying'")
                .bind("state", state)
                .bindArray("letters", Long.class, deadLetters)
                .execute());
    }

    /** Locks the replay if it is running, so that dead letters are taken in the order of their places. */
    private Optional<Terms> lockRunning(Handle handle, UUID replay) {
        return handle.createQuery("""
                        select restarts, deadline_seconds from replay where id = :replay and state = 'running' for update
                        """)
                .bind("replay", replay)
                .map((row, _) -> {
                    Integer seconds = row.getObject("deadline_seconds", Integer.class);
                    return new Terms(
                            row.getBoolean("restarts"),
                            seconds == null ? settings.deadline() : Duration.ofSeconds(seconds));
                })
                .findOne();
    }

    private List<Candidate> next(Handle handle, UUID replay, Terms terms, int limit, Check check, Instant now) {
        Query query = handle.createQuery(NEXT)
                .define("verdict", ReplayEligibility.sql(terms.restarts()))
                .define("value", terms.restarts() ? "cast(null as bytea)" : NEWEST_VALUE)
                .define("task", ReplayEligibility.JOIN_TASK_OF_MEMBER)
                .bind("replay", replay)
                .bind("limit", limit);
        return ReplayEligibility.bind(query, terms.restarts(), settings, now)
                .map((row, _) -> candidate(row, terms, check))
                .list();
    }

    private static Candidate candidate(ResultSet row, Terms terms, Check check) throws SQLException {
        Stage stage = Stage.ofCode(row.getString("stage")).orElseThrow();
        String verdict = row.getString("verdict");
        boolean poisoned = verdict.equals(ReplayEligibility.REPLAY)
                && !terms.restarts()
                && check.obstacle(stage, row.getBytes("record_value")).isPresent();
        return new Candidate(
                row.getInt("place"),
                row.getObject("letter_id", Long.class),
                row.getObject("task_id", UUID.class),
                stage,
                poisoned ? "unpublishable" : verdict);
    }

    private static List<UUID> tasks(List<Candidate> candidates, Predicate<Candidate> which) {
        return candidates.stream()
                .filter(Candidate::replayed)
                .filter(which)
                .map(Candidate::task)
                .distinct()
                .toList();
    }

    private static void mark(
            PreparedBatch marks,
            UUID replay,
            Candidate candidate,
            @Nullable Integer generation,
            Terms terms,
            Instant now) {
        String verdict = candidate.replayed() ? "under_way" : candidate.verdict();
        marks.bind("state", generation == null ? "skipped" : terms.restarts() ? "published" : "taken")
                .bind("skipped", generation == null ? verdict : null)
                .bind("task", candidate.task())
                .bind("generation", generation)
                .bind("deadline", now.plus(terms.deadline()).atOffset(ZoneOffset.UTC))
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
