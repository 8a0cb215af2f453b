package io.pawline.ops.replay;

import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads how far replays have come, and what became of each of their dead letters. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class ReplayReports {

    private static final String COUNT = """
            select state, outcome, skipped, reason, count(*) letters from replay_letter where replay_id = :replay
            group by state, outcome, skipped, reason
            """;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<List<Count>> COUNTS = new TypeReference<>() {};

    private final TaskDatabase database;

    ReplayReports(TaskDatabase database) {
        this.database = database;
    }

    /**
     * The progress of a replay.
     *
     * @param deadLetters by what became of each: {@code waiting}, {@code under_way} (published, not ended),
     *     {@code succeeded}, {@code failed}, {@code expired}, {@code cancelled}, {@code skipped}, {@code in_doubt}
     *     (nobody knows whether it was published, and its task is not ended)
     * @param name how a person called it; null: not at all
     * @param restarts whether its tasks begin with their photo
     * @param startsAt when it begins, or began; null: it began at once
     * @param stopPercent it pauses when more than this share fails; null: never
     * @param pausedBecause why it paused by itself; null: it did not
     * @param skipped why those were not published, and how many
     * @param failedWith reasons of those that did not succeed, and how many
     */
    record Progress(
            UUID id,
            String state,
            int perSecond,
            String askedBy,
            String why,
            String filter,
            Instant createdAt,
            @Nullable Instant endedAt,
            @Nullable String name,
            @Nullable UUID plan,
            boolean restarts,
            @Nullable Instant startsAt,
            @Nullable Integer stopPercent,
            @Nullable String pausedBecause,
            Map<String, Long> deadLetters,
            Map<String, Long> skipped,
            Map<String, Long> failedWith) {}

    /** Finds the replay of this id, if there is one. */
    Optional<Progress> find(UUID id) {
        return database.with(handle -> handle.createQuery("select * from replay where id = :id")
                        .bind("id", id)
                        .map((row, _) -> bare(row))
                        .findOne())
                .map(this::counted);
    }

    /** Finds the newest replays, newest first. */
    List<Progress> newest(int limit) {
        return database
                .with(handle -> handle.createQuery("select * from replay order by created_at desc limit :limit")
                        .bind("limit", limit)
                        .map((row, _) -> bare(row))
                        .list())
                .stream()
                .map(this::counted)
                .toList();
    }

    /** A replay before its dead letters are counted, and their tally if there is one. */
    private record Bare(Progress progress, @Nullable String tally) {}

    private static Bare bare(ResultSet row) throws SQLException {
        OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
        OffsetDateTime starts = row.getObject("starts_at", OffsetDateTime.class);
        Progress progress = new Progress(
                row.getObject("id", UUID.class),
                row.getString("state"),
                row.getInt("per_second"),
                row.getString("asked_by"),
                row.getString("why"),
                row.getString("filter"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant(),
                row.getString("name"),
                row.getObject("plan_id", UUID.class),
                row.getBoolean("restarts"),
                starts == null ? null : starts.toInstant(),
                row.getObject("stop_percent", Integer.class),
                row.getString("paused_because"),
                Map.of(),
                Map.of(),
                Map.of());
        return new Bare(progress, row.getString("tally"));
    }

    private Progress counted(Bare bare) {
        List<Count> counts = bare.tally() == null ? count(bare.progress().id()) : JSON.readValue(bare.tally(), COUNTS);
        Progress progress = bare.progress();
        return new Progress(
                progress.id(),
                progress.state(),
                progress.perSecond(),
                progress.askedBy(),
                progress.why(),
                progress.filter(),
                progress.createdAt(),
                progress.endedAt(),
                progress.name(),
                progress.plan(),
                progress.restarts(),
                progress.startsAt(),
                progress.stopPercent(),
                progress.pausedBecause(),
                sums(counts, Count::becameOf),
                sums(counts, Count::skipped),
                sums(counts, Count::reason));
    }

    /** Counts the dead letters of a replay that agree in what became of them. The tally of a replay has the same. */
    private record Count(
            String state,
            @Nullable String outcome,
            @Nullable String skipped,
            @Nullable String reason,
            long letters) {
        String becameOf() {
            return outcome != null ? outcome : state.equals("published") ? "under_way" : state;
        }
    }

    private static Map<String, Long> sums(List<Count> counts, Function<Count, @Nullable String> what) {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach(count -> {
            String key = what.apply(count);
            if (key != null) {
                sums.merge(key, count.letters(), Long::sum);
            }
        });
        return sums;
    }

    private List<Count> count(UUID replay) {
        return database.with(handle -> handle.createQuery(COUNT)
                .bind("replay", replay)
                .map((row, _) -> new Count(
                        row.getString("state"),
                        row.getString("outcome"),
                        row.getString("skipped"),
                        row.getString("reason"),
                        row.getLong("letters")))
                .list());
    }

    /** The result of one dead letter in a replay. */
    record DeadLetterResult(
            int place,
            @Nullable Long deadLetterId,
            String state,
            @Nullable String skipped,
            @Nullable UUID taskId,
            @Nullable Integer generation,
            @Nullable String outcome,
            @Nullable String reason) {}

    /** Reads what became of the dead letters of a replay, in their order. */
    List<DeadLetterResult> results(UUID replay, int above, int limit) {
        return database.with(handle -> handle.createQuery("""
                        select * from replay_letter where replay_id = :replay and place > :above
                        order by place limit :limit
                        """)
                .bind("replay", replay)
                .bind("above", above)
                .bind("limit", limit)
                .map((row, _) -> new DeadLetterResult(
                        row.getInt("place"),
                        row.getObject("letter_id", Long.class),
                        row.getString("state"),
                        row.getString("skipped"),
                        row.getObject("task_id", UUID.class),
                        row.getObject("generation", Integer.class),
                        row.getString("outcome"),
                        row.getString("reason")))
                .list());
    }
}
