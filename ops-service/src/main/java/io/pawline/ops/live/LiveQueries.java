package io.pawline.ops.live;

import io.pawline.ops.http.Period;
import io.pawline.ops.live.LiveView.Point;
import io.pawline.ops.live.LiveView.ReasonView;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the tables what happens now, and what happened in spans of time. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class LiveQueries {

    private static final String COUNTS = """
            select stage, sum(tasks) tasks, sum(calls) calls, sum(succeeded) succeeded, sum(failures) failures,
                sum(timeouts) timeouts, sum(cost_micros) cost_micros
            from live_window where seconds = :seconds and started_at >= :from and started_at < :to and stage <> 'task'
            group by stage
            """;

    private static final String REASONS = """
            select stage, reason, sum(number::bigint) failures
            from live_window, jsonb_each_text(reasons) as each (reason, number)
            where seconds = :seconds and started_at >= :from and started_at < :to and stage <> 'task'
            group by stage, reason order by failures desc, stage, reason
            """;

    private static final String FINAL_STATES = """
            select ending, sum(number::bigint) tasks
            from live_window, jsonb_each_text(endings) as each (ending, number)
            where seconds = :seconds and started_at >= :from and started_at < :to and stage = 'task'
            group by ending
            """;

    private static final String SERIES = """
            select * from live_window
            where seconds = :seconds and started_at >= :from and started_at < :to and stage <> 'task'
            order by started_at, stage
            """;

    /** A call may have begun some minutes before it ended. */
    private static final String LATENCIES = """
            select stage, percentile_disc(0.5) within group (order by duration_ms) p50,
                percentile_disc(0.95) within group (order by duration_ms) p95
            from call_attempt
            where started_at >= :begun and ended_at >= :from and duration_ms is not null
            group by stage
            """;

    private static final String IN_FLIGHT = """
            select stage, count(*) calls from call_attempt where ended_at is null and started_at >= :begun group by stage
            """;

    /** Which states of processes count. */
    private static final String PRESENT = """
            from stage_process
            where case
                when not :known then at >= :seen or (breaker <> 'closed' and at >= :seen_open)
                when stage = any(:staffed) then
                    stage || '/' || instance = any(:members) and (at >= :seen or breaker <> 'closed')
                else at >= :seen end
            """;

    /** The provider of a stage is the one that it called last. */
    private static final String PROCESSES = """
            select stage, (array_agg(provider order by at desc, provider))[1] provider, sum(call_limit) call_limit,
                count(distinct instance) processes,
                case when count(breaker) = 0 then null
                    when bool_or(breaker = 'open') then 'open'
                    when bool_or(breaker = 'half_open') then 'half_open' else 'closed' end breaker,
                min(breaker_since) filter (where breaker <> 'closed') not_closed_since,
                max(breaker_since) filter (where breaker = 'closed') closed_since
            """ + PRESENT + " group by stage";

    private static final String PROVIDERS = """
            select stage, provider, sum(call_limit) call_limit,
                case when count(breaker) = 0 then null
                    when bool_or(breaker = 'open') then 'open'
                    when bool_or(breaker = 'half_open') then 'half_open' else 'closed' end breaker
            """ + PRESENT + " group by stage, provider order by stage, provider";

    // The first condition is that of the partial indexes, word for word.
    private static final String UNDELIVERED = """
            select count(*) from task
            where ended_at is not null and delivered_at is null and callback_url is not null
                and (delivery_attempted_at is not null or ended_at < :waited_since)
                and ended_at < :ended_before
                and (delivery_reason is null or delivery_reason <> all(:final))
                and not exists (select from dead_letter where task_id = task.id and generation = task.generation
                    and stage = 'callback' and state = 'discarded')
            """;

    private static final List<String> FINAL_REASONS = Arrays.stream(Reason.values())
            .filter(reason -> reason.kind() == Reason.Kind.PERMANENT)
            .map(Reason::code)
            .toList();

    /** No call takes longer: one that has not ended by then never will, for its process is gone. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(5);

    /**
     * A process that is silent for so long is gone, unless an open breaker keeps it from calling. Whether it is there
     * then, its consumer group knows.
     */
    private static final Duration SILENT = Duration.ofMinutes(5);

    private static final Duration SILENT_WHILE_OPEN = Duration.ofHours(6);

    private final TaskDatabase database;

    LiveQueries(TaskDatabase database) {
        this.database = database;
    }

    /** The standing of a stage: what its processes report together. */
    record Standing(
            String provider,
            int limit,
            int processes,
            @Nullable String breaker,
            @Nullable Instant breakerSince) {}

    /** How the processes of a stage stand together with one of its providers. */
    record ProviderStanding(
            String provider, int limit, @Nullable String breaker) {}

    /** The latency of calls, in milliseconds. */
    record Latency(long p50, long p95) {}

    Map<String, Counts> counts(Period period, Duration span) {
        return database.with(handle -> handle
                .createQuery(COUNTS)
                .bind("seconds", span.toSeconds())
                .bind("from", period.start())
                .bind("to", period.end())
                .map((row, _) -> Map.entry(row.getString("stage"), Counts.of(row)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    List<ReasonView> reasons(Period period, Duration span) {
        List<ReasonView> counted = database.with(handle -> handle.createQuery(REASONS)
                .bind("seconds", span.toSeconds())
                .bind("from", period.start())
                .bind("to", period.end())
                .map((row, _) ->
                        new ReasonView(row.getString("stage"), row.getString("reason"), row.getLong("failures"), 0))
                .list());
        long all = counted.stream().mapToLong(ReasonView::count).sum();
        return counted.stream()
                .map(reason -> new ReasonView(
                        reason.stage(), reason.reason(), reason.count(), Counts.rounded((double) reason.count() / all)))
                .toList();
    }

    /** Counts the tasks that ended, by final state. */
    Map<String, Long> finalStates(Period period, Duration span) {
        return database.with(handle -> handle
                .createQuery(FINAL_STATES)
                .bind("seconds", span.toSeconds())
                .bind("from", period.start())
                .bind("to", period.end())
                .map((row, _) -> Map.entry(row.getString("ending"), row.getLong("tasks")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /**
     * Reads what happened in each stage and each span of time that begins within the period; there is none where
     * nothing did.
     */
    List<Point> series(Period period, Duration span) {
        return database.with(handle -> handle.createQuery(SERIES)
                .bind("seconds", span.toSeconds())
                .bind("from", period.start())
                .bind("to", period.end())
                .map((row, _) -> point(row))
                .list());
    }

    private static Point point(ResultSet row) throws SQLException {
        Counts counts = Counts.of(row);
        return new Point(
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getString("stage"),
                counts.tasks(),
                counts.calls(),
                counts.succeeded(),
                counts.failures(),
                counts.retries(),
                counts.timeouts(),
                counts.cost());
    }

    Map<String, Latency> latencies(Instant from) {
        return database.with(handle -> handle
                .createQuery(LATENCIES)
                .bind("begun", from.minus(LONGEST_CALL).atOffset(ZoneOffset.UTC))
                .bind("from", from.atOffset(ZoneOffset.UTC))
                .map((row, _) -> Map.entry(row.getString("stage"), new Latency(row.getLong("p50"), row.getLong("p95"))))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    Map<String, Integer> inFlight(Instant now) {
        return database.with(handle -> handle
                .createQuery(IN_FLIGHT)
                .bind("begun", now.minus(LONGEST_CALL).atOffset(ZoneOffset.UTC))
                .map((row, _) -> Map.entry(row.getString("stage"), row.getInt("calls")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** @param members the instance ids of each stage's processes; empty: that is not known */
    Map<String, Standing> standings(Instant now, Optional<Map<Stage, Set<String>>> members) {
        return present(PROCESSES, now, members, LiveQueries::standing).stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Returns the providers that each stage called lately, in the order of their names. */
    Map<String, List<ProviderStanding>> providers(Instant now, Optional<Map<Stage, Set<String>>> members) {
        return present(PROVIDERS, now, members, LiveQueries::provider).stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<Map.Entry<String, T>> present(
            String query, Instant now, Optional<Map<Stage, Set<String>>> members, Reading<T> reading) {
        Map<Stage, Set<String>> known = members.orElse(Map.of());
        List<String> staffed = known.entrySet().stream()
                .filter(stage -> !stage.getValue().isEmpty())
                .map(stage -> stage.getKey().code())
                .toList();
        List<String> all = known.entrySet().stream()
                .flatMap(stage ->
                        stage.getValue().stream().map(instance -> stage.getKey().code() + "/" + instance))
                .toList();
        return database.with(handle -> handle.createQuery(query)
                .bind("seen", now.minus(SILENT).atOffset(ZoneOffset.UTC))
                .bind("seen_open", now.minus(SILENT_WHILE_OPEN).atOffset(ZoneOffset.UTC))
                .bind("known", members.isPresent())
                .bindArray("staffed", String.class, staffed)
                .bindArray("members", String.class, all)
                .map((row, _) -> Map.entry(row.getString("stage"), reading.of(row)))
                .list());
    }

    /**
     * Counts the final states that their front ends do not know and about which somebody can still do something: no
     * receiver has refused them for good, and nobody has discarded their dead letters.
     */
    long undelivered(Instant endedBefore, Instant now) {
        return database.with(handle -> handle.createQuery(UNDELIVERED)
                .bind("ended_before", endedBefore.atOffset(ZoneOffset.UTC))
                .bind("waited_since", now.minus(Delivery.PENDING_TIME).atOffset(ZoneOffset.UTC))
                .bindArray("final", String.class, FINAL_REASONS)
                .mapTo(Long.class)
                .one());
    }

    /** Is a canary that was switched off because it was worse, and was not switched on again. */
    record StoppedCanary(String stage, String provider, String why) {}

    /** Finds the canaries that were switched off. */
    List<StoppedCanary> stoppedCanaries() {
        return database.with(handle -> handle.createQuery("""
                        select stage, provider, why from canary
                        where verdict = 'worse' and switched_off_at is not null order by stage, provider
                        """)
                .map((row, _) ->
                        new StoppedCanary(row.getString("stage"), row.getString("provider"), row.getString("why")))
                .list());
    }

    private static ProviderStanding provider(ResultSet row) throws SQLException {
        return new ProviderStanding(row.getString("provider"), row.getInt("call_limit"), row.getString("breaker"));
    }

    private static Standing standing(ResultSet row) throws SQLException {
        String breaker = row.getString("breaker");
        OffsetDateTime since =
                row.getObject("closed".equals(breaker) ? "closed_since" : "not_closed_since", OffsetDateTime.class);
        return new Standing(
                row.getString("provider"),
                row.getInt("call_limit"),
                row.getInt("processes"),
                breaker,
                breaker == null || since == null ? null : since.toInstant());
    }
}
