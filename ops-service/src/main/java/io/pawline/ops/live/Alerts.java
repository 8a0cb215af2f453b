package io.pawline.ops.live;

import io.pawline.ops.live.LiveQueries.Standing;
import io.pawline.ops.live.LiveView.AlertView;
import io.pawline.ops.live.LiveView.ReasonView;
import io.pawline.schemas.Reason;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.UndeliveredCallbacks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what somebody should look at. The database keeps since when an alert fires, so that all processes agree on
 * it and a restart does not change it. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class Alerts {

    private static final Duration LATELY = Duration.ofMinutes(10);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Fewer calls or failures than these say nothing about a share. */
    private static final int ENOUGH = 20;

    private static final String FIRES = """
            insert into alert (name, since) select unnest(:firing), :now on conflict do nothing
            """;

    private final TaskDatabase database;
    private final UndeliveredCallbacks undeliveredCallbacks;
    private final LiveQueries queries;
    private final AlertProperties settings;
    private final Clock clock;

    Alerts(TaskDatabase database, LiveQueries queries, AlertProperties settings, Clock clock) {
        this.database = database;
        this.undeliveredCallbacks = new UndeliveredCallbacks(database);
        this.queries = queries;
        this.settings = settings;
        this.clock = clock;
    }

    private record Measured(
            String name, double value, @Nullable Double threshold, String unit, String detail) {
        boolean fires() {
            return threshold != null && value > threshold;
        }
    }

    /** Measures all alerts, whether they fire or not. */
    List<AlertView> now() {
        Instant now = clock.instant();
        List<Measured> measured =
                List.of(unclassified(now), amplification(now), undelivered(now), breakerOpen(now), costPerHour(now));
        Map<String, Instant> since = since(
                now,
                measured.stream().filter(Measured::fires).map(Measured::name).toList());
        return measured.stream()
                .map(alert -> new AlertView(
                        alert.name(),
                        alert.fires(),
                        Counts.rounded(alert.value()),
                        alert.threshold(),
                        alert.unit(),
                        since.get(alert.name()),
                        alert.detail()))
                .toList();
    }

    private Map<String, Instant> since(Instant now, List<String> firing) {
        return database.inTransaction(handle -> {
            handle.createUpdate("delete from alert where name <> all(:firing)")
                    .bindArray("firing", String.class, firing)
                    .execute();
            handle.createUpdate(FIRES)
                    .bindArray("firing", String.class, firing)
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .execute();
            return handle
                    .createQuery("select * from alert")
                    .map((row, _) -> Map.entry(
                            row.getString("name"),
                            row.getObject("since", OffsetDateTime.class).toInstant()))
                    .list()
                    .stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        });
    }

    private Measured unclassified(Instant now) {
        List<ReasonView> reasons = queries.reasons(Live.window(now, LATELY, LiveTopology.SHORT), LiveTopology.SHORT);
        long all = reasons.stream().mapToLong(ReasonView::count).sum();
        long without = reasons.stream()
                .filter(reason -> reason.reason().equals(Reason.UNCLASSIFIED.code()))
                .mapToLong(ReasonView::count)
                .sum();
        return new Measured(
                "unclassified",
                all < ENOUGH ? 0 : 100.0 * without / all,
                settings.unclassifiedPercent(),
                "%",
                "%d of %d failed calls of the last 10 minutes have no class".formatted(without, all));
    }

    private Measured amplification(Instant now) {
        Counts all = queries.counts(Live.window(now, LATELY, LiveTopology.SHORT), LiveTopology.SHORT).values().stream()
                .reduce(Counts.NONE, Counts::and);
        return new Measured(
                "amplification",
                all.calls() < ENOUGH ? 1 : all.amplification(),
                settings.amplification(),
                "x",
                "%d calls in the last 10 minutes, of which %d were the first of their task and stage"
                        .formatted(all.calls(), all.tasks()));
    }

    private Measured undelivered(Instant now) {
        long tasks = undeliveredCallbacks.count(now.minus(settings.undeliveredAfter()), now);
        return new Measured(
                "undelivered",
                tasks,
                (double) settings.undelivered(),
                "tasks",
                "%d tasks ended more than %d minutes ago and their front end has not been notified"
                        .formatted(tasks, settings.undeliveredAfter().toMinutes()));
    }

    private Measured breakerOpen(Instant now) {
        Optional<Map.Entry<String, Standing>> longest = queries.standings(now).entrySet().stream()
                .filter(stage -> stage.getValue().breaker() != null
                        && !stage.getValue().breaker().equals("closed")
                        && stage.getValue().breakerSince() != null)
                .min(Comparator.comparing(stage ->
                        Optional.ofNullable(stage.getValue().breakerSince()).orElse(now)));
        double minutes = longest.map(stage -> stage.getValue().breakerSince())
                .map(since -> Duration.between(since, now).toMillis() / 60_000.0)
                .orElse(0.0);
        return new Measured(
                "breaker_open",
                minutes,
                settings.breakerOpen().toMillis() / 60_000.0,
                "min",
                longest.map(stage -> "no calls to %s (%s) but probes"
                                .formatted(stage.getValue().provider(), stage.getKey()))
                        .orElse("no breaker is open"));
    }

    private Measured costPerHour(Instant now) {
        long micros = queries.counts(Live.window(now, HOUR, LiveTopology.LONG), LiveTopology.LONG).values().stream()
                .mapToLong(Counts::costMicros)
                .sum();
        return new Measured(
                "cost_per_hour",
                micros / 1e6,
                settings.costPerHour() == null ? null : settings.costPerHour().doubleValue(),
                "per hour",
                settings.costPerHour() == null
                        ? "of the last 60 minutes; no threshold is set"
                        : "of the last 60 minutes");
    }
}
