package io.pawline.ops.replay;

import io.pawline.ops.ledger.Prices;
import io.pawline.ops.replay.ReplayPlans.Plan;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Forecasts what a replay of a plan would do, and changes nothing. Thread-safe. */
final class ReplayForecasts {

    private static final String FORECAST = """
            select stage, verdict, age, count(*) as letters from (
                select <stage> as stage, <verdict> as verdict,
                    case when :now - <since> < interval '1 hour' then '1h'
                        when :now - <since> < interval '6 hours' then '6h'
                        when :now - <since> < interval '1 day' then '1d'
                        when :now - <since> < interval '7 days' then '7d' else 'older' end as age
                from (select unnest(letters) as letter_id, cast(null as uuid) as task_id
                        from replay_plan where id = :plan and letters is not null
                    union all
                    select null, unnest(tasks) from replay_plan where id = :plan and tasks is not null) member
                left join dead_letter on dead_letter.id = member.letter_id <task>
                where dead_letter.id is not null or member.letter_id is null
            ) judged group by stage, verdict, age
            """;

    /**
     * What a stage has shown it can do: its best minute of an hour, and of a day if it had nothing to do in the last
     * hour.
     */
    private static final String CAPACITY = """
            select stage, coalesce(nullif(max(succeeded) filter (where started_at >= :hour), 0), max(succeeded)) / 60.0
                as rate
            from live_window where seconds = 60 and started_at >= :day group by stage
            having max(succeeded) > 0
            """;

    /**
     * Each paid stage pays one provider. A dead letter of a stage pays for it and for all behind it, in the pipeline's
     * order.
     */
    private static final Map<Stage, String> PROVIDERS = providers();

    private final TaskDatabase database;
    private final ReplaySettings settings;
    private final Prices prices;
    private final Clock clock;

    ReplayForecasts(TaskDatabase database, ReplaySettings settings, Prices prices, Clock clock) {
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
     * The forecast of a replay.
     *
     * @param members how many dead letters, or tasks, are meant
     * @param replayed those that would be published
     * @param skipped the others, by the word that says why
     * @param ages of those that would be published: younger than 1h, 6h, 1d, 7d, or older
     * @param costMicros estimated by the price list, each call made once; millionths of the unit of money; null: no
     *     provider that would be called has a price
     * @param unpriced the providers that would be called and have no price, so their calls are not in the cost
     * @param drainSeconds how long it would take, by the given rate and by the slowest of the stages that the work
     *     passes, if nothing else is under way
     * @param callsPerSecond what each stage that the work passes has shown it can do
     * @param unmeasured the stages that the work passes and that have made no call for a day
     */
    record Forecast(
            long members,
            long replayed,
            Map<String, Long> skipped,
            Map<String, Long> ages,
            @Nullable Long costMicros,
            List<String> unpriced,
            double drainSeconds,
            Map<String, Double> callsPerSecond,
            List<String> unmeasured) {}

    private record Part(Stage stage, String verdict, String age, long count) {}

    /**
     * Forecasts a replay of the members of this plan, as they are now.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    Forecast forecast(Plan plan, int perSecond) {
        Instant now = clock.instant();
        Map<String, Long> skipped = new TreeMap<>();
        if (plan.notOpen() > 0) {
            skipped.put("not_open", (long) plan.notOpen());
        }
        Map<String, Long> ages = new LinkedHashMap<>();
        List.of("1h", "6h", "1d", "7d", "older").forEach(age -> ages.put(age, 0L));
        Map<Stage, Long> replayed = new EnumMap<>(Stage.class);
        List<Part> parts = parts(plan, now);
        for (Part part : parts) {
            if (part.verdict().equals(ReplayEligibility.REPLAY)) {
                ages.merge(part.age(), part.count(), Long::sum);
                replayed.merge(part.stage(), part.count(), Long::sum);
            } else {
                skipped.merge(part.verdict(), part.count(), Long::sum);
            }
        }
        long all = replayed.values().stream().mapToLong(Long::longValue).sum();
        Map<Stage, Long> passed = passed(replayed);
        Map<String, Double> capacity = capacity(now);
        capacity.keySet().retainAll(passed.keySet().stream().map(Stage::code).toList());
        return new Forecast(
                parts.stream().mapToLong(Part::count).sum() + plan.notOpen(),
                all,
                skipped,
                ages,
                cost(passed),
                unpriced(passed),
                drainSeconds(passed, (double) all / perSecond, capacity),
                capacity,
                passed.keySet().stream()
                        .map(Stage::code)
                        .filter(stage -> !capacity.containsKey(stage))
                        .toList());
    }

    private List<Part> parts(Plan plan, Instant now) {
        return database.inTransaction(handle -> {
            HistoryPlans.use(handle);
            Query query = handle.createQuery(FORECAST)
                    .define("stage", plan.restarts() ? "'detect'" : "dead_letter.stage")
                    .define("verdict", ReplayEligibility.sql(plan.restarts()))
                    .define("since", plan.ofTasks() ? "task.ended_at" : "dead_letter.failed_at")
                    .define("task", ReplayEligibility.JOIN_TASK_OF_MEMBER)
                    .bind("plan", plan.id())
                    .bind("now", now.atOffset(ZoneOffset.UTC));
            return ReplayEligibility.bind(query, plan.restarts(), settings, now)
                    .map((row, _) -> new Part(
                            Stage.ofCode(row.getString("stage")).orElseThrow(),
                            row.getString("verdict"),
                            row.getString("age"),
                            row.getLong("letters")))
                    .list();
        });
    }

    /** Counts the work that passes each stage: that of the stage itself, and that of all stages before it. */
    private static Map<Stage, Long> passed(Map<Stage, Long> replayed) {
        Map<Stage, Long> passed = new EnumMap<>(Stage.class);
        for (Stage stage : Stage.values()) {
            long work = Arrays.stream(Stage.values())
                    .filter(before -> before.compareTo(stage) <= 0)
                    .mapToLong(before -> replayed.getOrDefault(before, 0L))
                    .sum();
            if (work > 0) {
                passed.put(stage, work);
            }
        }
        return passed;
    }

    private @Nullable Long cost(Map<Stage, Long> passed) {
        List<Stage> priced = PROVIDERS.keySet().stream()
                .filter(stage -> passed.containsKey(stage) && prices.has(provider(stage)))
                .toList();
        boolean free = PROVIDERS.keySet().stream().noneMatch(passed::containsKey);
        return priced.isEmpty() && !free
                ? null
                : (Long) priced.stream()
                        .mapToLong(stage -> passed.getOrDefault(stage, 0L) * prices.micros(provider(stage)))
                        .sum();
    }

    private static String provider(Stage stage) {
        return PROVIDERS.getOrDefault(stage, "");
    }

    private List<String> unpriced(Map<Stage, Long> passed) {
        return PROVIDERS.entrySet().stream()
                .filter(paid -> passed.containsKey(paid.getKey()) && !prices.has(paid.getValue()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static double drainSeconds(Map<Stage, Long> passed, double atRate, Map<String, Double> capacity) {
        return passed.entrySet().stream()
                .filter(stage -> capacity.containsKey(stage.getKey().code()))
                .mapToDouble(stage ->
                        stage.getValue() / capacity.getOrDefault(stage.getKey().code(), 1.0))
                .reduce(atRate, Math::max);
    }

    private Map<String, Double> capacity(Instant now) {
        Map<String, Double> capacity = new TreeMap<>();
        database.with(handle -> handle.createQuery(CAPACITY)
                        .bind("hour", now.minus(Duration.ofHours(1)).atOffset(ZoneOffset.UTC))
                        .bind("day", now.minus(Duration.ofDays(1)).atOffset(ZoneOffset.UTC))
                        .map((row, _) -> Map.entry(row.getString("stage"), row.getDouble("rate")))
                        .list())
                .forEach(rate -> capacity.put(rate.getKey(), rate.getValue()));
        return capacity;
    }
}
