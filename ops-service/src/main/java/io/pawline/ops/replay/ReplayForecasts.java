package io.pawline.ops.replay;

import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.deadletters.DeadLetterFilter.Condition;
import io.pawline.ops.ledger.Prices;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Forecasts what a replay would do, and changes nothing. Thread-safe. */
final class ReplayForecasts {

    private static final String FORECAST = """
            select stage, verdict, age, count(*) as letters from (
                select dead_letter.stage, %s as verdict,
                    case when :now - failed_at < interval '1 hour' then '1h'
                        when :now - failed_at < interval '6 hours' then '6h'
                        when :now - failed_at < interval '1 day' then '1d'
                        when :now - failed_at < interval '7 days' then '7d' else 'older' end as age
                from dead_letter %s where <where>
            ) judged group by stage, verdict, age
            """.formatted(ReplayEligibility.SQL, ReplayEligibility.JOIN_TASK);

    private static final String RATES = """
            select stage, count(*) / :seconds as rate from call_attempt
            where started_at >= :since and outcome = 'succeeded' group by stage
            """;

    private static final Duration TODAYS_RATE = Duration.ofMinutes(15);

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
     * @param deadLetters how many the filter leaves
     * @param replayed those that would be published
     * @param skipped the others, by the word that says why
     * @param ages of those that would be published: younger than 1h, 6h, 1d, 7d, or older
     * @param costMicros estimated by the price list, each call made once; millionths of the unit of money
     * @param drainSeconds how long it would take, by the given rate and by how many calls a second the slowest of the
     *     stages concerned has just had succeed
     */
    record Forecast(
            long deadLetters,
            long replayed,
            Map<String, Long> skipped,
            Map<String, Long> ages,
            long costMicros,
            double drainSeconds,
            Map<String, Double> callsPerSecond) {}

    private record Part(Stage stage, String verdict, String age, long count) {}

    /**
     * Forecasts a replay of the dead letters that this filter leaves.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    Forecast forecast(DeadLetterFilter filter, int perSecond) {
        Instant now = clock.instant();
        Condition where = filter.condition();
        List<Part> parts = database.inTransaction(handle -> {
            HistoryPlans.use(handle);
            return where.bindTo(handle.createQuery(FORECAST))
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .bind("cap", settings.cap())
                    .bind("picturesSince", now.minus(settings.picturesKept()).atOffset(ZoneOffset.UTC))
                    .map((row, _) -> new Part(
                            Stage.ofCode(row.getString("stage")).orElseThrow(),
                            row.getString("verdict"),
                            row.getString("age"),
                            row.getLong("letters")))
                    .list();
        });
        Map<String, Long> skipped = new TreeMap<>();
        Map<String, Long> ages = new LinkedHashMap<>();
        List.of("1h", "6h", "1d", "7d", "older").forEach(age -> ages.put(age, 0L));
        Map<Stage, Long> replayed = new TreeMap<>();
        for (Part part : parts) {
            if (part.verdict().equals(ReplayEligibility.REPLAY)) {
                ages.merge(part.age(), part.count(), Long::sum);
                replayed.merge(part.stage(), part.count(), Long::sum);
            } else {
                skipped.merge(part.verdict(), part.count(), Long::sum);
            }
        }
        Map<String, Double> rates = rates(now);
        long all = replayed.values().stream().mapToLong(Long::longValue).sum();
        return new Forecast(
                parts.stream().mapToLong(Part::count).sum(),
                all,
                skipped,
                ages,
                cost(replayed),
                drainSeconds(replayed, all, perSecond, rates),
                rates);
    }

    private long cost(Map<Stage, Long> replayed) {
        return replayed.entrySet().stream()
                .mapToLong(stage -> stage.getValue()
                        * PROVIDERS.entrySet().stream()
                                .filter(paid -> paid.getKey().compareTo(stage.getKey()) >= 0)
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
}
