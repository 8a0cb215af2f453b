package io.pawline.ops.replay;

import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.deadletters.DeadLetterFilter.Condition;
import io.pawline.ops.ledger.Prices;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a replay would do, and what it has done. Thread-safe. */
public final class ReplayReports {

    private static final String FORECAST = """
            select stage, verdict, age, count(*) as letters from (
                select dead_letter.stage, %s as verdict,
                    case when :now - failed_at < interval '1 hour' then '1h'
                        when :now - failed_at < interval '6 hours' then '6h'
                        when :now - failed_at < interval '1 day' then '1d'
                        when :now - failed_at < interval '7 days' then '7d' else 'older' end as age
                from dead_letter left join task on task.id = dead_letter.task_id where <where>
            ) judged group by stage, verdict, age
            """.formatted(ReplayEligibility.SQL);

    private static final String RATES = """
            select stage, count(*) / :seconds as rate from call_attempt
            where started_at >= :since and outcome = 'succeeded' group by stage
            """;

    private static final Duration TODAYS_RATE = Duration.ofMinutes(15);

    /** The paid stages and whom each pays, in the pipeline's order: a letter of one pays for it and all behind it. */
    private static final Map<Stage, String> PROVIDERS = providers();

    private final TaskDatabase database;
    private final ReplaySettings settings;
    private final Prices prices;
    private final Clock clock;

    public ReplayReports(TaskDatabase database, ReplaySettings settings, Prices prices, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.prices = prices;
        this.clock = clock;
    }

    private static Map<Stage, String> providers() {
        Map<Stage, String> providers = new LinkedHashMap<>();
        providers.put(Stage.DETECT, "ark-vision");
        providers.put(Stage.GENERATE, "seedream");
        providers.put(Stage.MATTING, "volcengine-visual");
        return providers;
    }

    /**
     * What a replay would do.
     *
     * @param letters that the filter leaves
     * @param replayed those that would be published
     * @param skipped the others, by the word that says why
     * @param ages of those that would be published: younger than 1h, 6h, 1d, 7d, or older
     * @param costMicros estimated by the price list, each call made once; millionths of the unit of money
     * @param drainSeconds how long it would take, by the given rate and by how many calls a second the slowest of the stages
     *     concerned has just had succeed
     */
    public record Forecast(
            long letters,
            long replayed,
            Map<String, Long> skipped,
            Map<String, Long> ages,
            long costMicros,
            double drainSeconds,
            Map<String, Double> callsPerSecond) {}

    private record Part(Stage stage, String verdict, String age, long letters) {}

    /** What a replay of the letters that this filter leaves would do now. */
    public Forecast forecast(DeadLetterFilter filter, int perSecond) {
        Instant now = clock.instant();
        Condition where = filter.condition();
        List<Part> parts = database.with(handle -> where.bindTo(handle.createQuery(FORECAST))
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .bind("cap", settings.cap())
                .bind("picturesSince", now.minus(settings.picturesKept()).atOffset(ZoneOffset.UTC))
                .map((row, _) -> new Part(
                        Stage.ofCode(row.getString("stage")).orElseThrow(),
                        row.getString("verdict"),
                        row.getString("age"),
                        row.getLong("letters")))
                .list());
        Map<String, Long> skipped = new TreeMap<>();
        Map<String, Long> ages = new LinkedHashMap<>();
        List.of("1h", "6h", "1d", "7d", "older").forEach(age -> ages.put(age, 0L));
        Map<Stage, Long> replayed = new TreeMap<>();
        for (Part part : parts) {
            if (part.verdict().equals(ReplayEligibility.REPLAY)) {
                ages.merge(part.age(), part.letters(), Long::sum);
                replayed.merge(part.stage(), part.letters(), Long::sum);
            } else {
                skipped.merge(part.verdict(), part.letters(), Long::sum);
            }
        }
        Map<String, Double> rates = rates(now);
        long all = replayed.values().stream().mapToLong(Long::longValue).sum();
        return new Forecast(
                parts.stream().mapToLong(Part::letters).sum(),
                all,
                skipped,
                ages,
                cost(replayed),
                drainSeconds(replayed, all, perSecond, rates),
                rates);
    }

    private long cost(Map<Stage, Long> replayed) {
        return replayed.entrySet().stream()
                .mapToLong(letters -> letters.getValue()
                        * PROVIDERS.entrySet().stream()
                                .filter(paid -> paid.getKey().compareTo(letters.getKey()) >= 0)
                                .mapToLong(paid -> prices.micros(paid.getValue()))
                                .sum())
                .sum();
    }

    private static double drainSeconds(Map<Stage, Long> replayed, long all, int perSecond, Map<String, Double> rates) {
        double slowest = replayed.keySet().stream()
                .mapToDouble(stage -> rates.getOrDefault(stage.code(), 0.0))
                .filter(rate -> rate > 0)
                .min()
                .orElse(perSecond);
        return all / Math.min(perSecond, slowest);
    }

    private Map<String, Double> rates(Instant now) {
        Map<String, Double> rates = new TreeMap<>();
        database.with(handle -> handle.createQuery(RATES)
                        .bind("seconds", (double) TODAYS_RATE.toSeconds())
                        .bind("since", now.minus(TODAYS_RATE).atOffset(ZoneOffset.UTC))
                        .map((row, _) -> Map.entry(row.getString("stage"), row.getDouble("rate")))
                        .list())
                .forEach(rate -> rates.put(rate.getKey(), rate.getValue()));
        return rates;
    }

    /**
     * How far a replay has come.
     *
     * @param letters by what became of each: {@code waiting}, {@code under_way} (published, not ended), {@code succeeded},
     *     {@code failed}, {@code expired}, {@code cancelled}, {@code skipped}, {@code in_doubt}
     * @param skipped why those were not published, and how many
     * @param failedWith reasons of those that did not succeed, and how many
     */
    public record Progress(
            UUID id,
            String state,
            int perSecond,
            String askedBy,
            String why,
            String filter,
            Instant createdAt,
            @Nullable Instant endedAt,
            Map<String, Long> letters,
            Map<String, Long> skipped,
            Map<String, Long> failedWith) {}

    /** The replay of this id, if there is one. */
    public Optional<Progress> find(UUID id) {
        return database.with(handle -> handle.createQuery("select * from replay where id = :id")
                        .bind("id", id)
                        .map((row, _) -> bare(row))
                        .findOne())
                .map(this::counted);
    }

    /** The newest replays first. */
    public List<Progress> newest(int limit) {
        return database
                .with(handle -> handle.createQuery("select * from replay order by created_at desc limit :limit")
                        .bind("limit", limit)
                        .map((row, _) -> bare(row))
                        .list())
                .stream()
                .map(this::counted)
                .toList();
    }

    private static Progress bare(ResultSet row) throws SQLException {
        OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
        return new Progress(
                row.getObject("id", UUID.class),
                row.getString("state"),
                row.getInt("per_second"),
                row.getString("asked_by"),
                row.getString("why"),
                row.getString("filter"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant(),
                Map.of(),
                Map.of(),
                Map.of());
    }

    private Progress counted(Progress bare) {
        return new Progress(
                bare.id(),
                bare.state(),
                bare.perSecond(),
                bare.askedBy(),
                bare.why(),
                bare.filter(),
                bare.createdAt(),
                bare.endedAt(),
                counts(bare.id(), "case state when 'published' then coalesce(outcome, 'under_way') else state end"),
                counts(bare.id(), "skipped"),
                counts(bare.id(), "reason"));
    }

    private Map<String, Long> counts(UUID replay, String what) {
        Map<String, Long> counts = new TreeMap<>();
        database.with(handle -> handle.createQuery("""
                                select <what> as what, count(*) as letters from replay_letter
                                where replay_id = :replay and <what> is not null group by 1
                                """)
                        .define("what", what)
                        .bind("replay", replay)
                        .map((row, _) -> Map.entry(row.getString("what"), row.getLong("letters")))
                        .list())
                .forEach(count -> counts.put(count.getKey(), count.getValue()));
        return counts;
    }

    /** What became of one letter. */
    public record LetterResult(
            int place,
            long letterId,
            String state,
            @Nullable String skipped,
            @Nullable UUID taskId,
            @Nullable Integer generation,
            @Nullable String outcome,
            @Nullable String reason) {}

    /** One letter's part in a replay. */
    public record InReplay(
            UUID replay,
            String state,
            @Nullable String skipped,
            @Nullable Integer generation,
            @Nullable String outcome,
            @Nullable String reason) {}

    /** The replays that a letter has been in, oldest first. */
    public List<InReplay> ofLetter(long letter) {
        return database.with(handle -> handle.createQuery("""
                        select replay_letter.* from replay_letter join replay on replay.id = replay_id
                        where letter_id = :letter order by created_at
                        """)
                .bind("letter", letter)
                .map((row, _) -> new InReplay(
                        row.getObject("replay_id", UUID.class),
                        row.getString("state"),
                        row.getString("skipped"),
                        row.getObject("generation", Integer.class),
                        row.getString("outcome"),
                        row.getString("reason")))
                .list());
    }

    /** What became of a replay's letters, in their order. */
    public List<LetterResult> results(UUID replay, int above, int limit) {
        return database.with(handle -> handle.createQuery("""
                        select * from replay_letter where replay_id = :replay and place > :above
                        order by place limit :limit
                        """)
                .bind("replay", replay)
                .bind("above", above)
                .bind("limit", limit)
                .map((row, _) -> new LetterResult(
                        row.getInt("place"),
                        row.getLong("letter_id"),
                        row.getString("state"),
                        row.getString("skipped"),
                        row.getObject("task_id", UUID.class),
                        row.getObject("generation", Integer.class),
                        row.getString("outcome"),
                        row.getString("reason")))
                .list());
    }
}
