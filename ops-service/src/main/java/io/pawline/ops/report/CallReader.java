package io.pawline.ops.report;

import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.report.CauseSums.Failed;
import io.pawline.ops.report.Report.Example;
import io.pawline.schemas.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the calls that began in a period, and what belongs to single ones of them. For one thread. */
final class CallReader implements TaskStates {

    private static final String COLUMNS = """
            select call_id, task_id, generation, stage, provider, started_at, ended_at, outcome, orphaned, reason,
                duration_ms, coalesce(cost_micros, 0) cost_micros, billed, tenant
            """;

    /** The index of the ledger by task gives this order, so the server sorts nothing in a long period. */
    private static final String CALLS = COLUMNS + """
            from call_attempt where started_at >= :from and started_at < :to<tenant>
            order by task_id
            """;

    /**
     * Tasks that made calls in the period, and perhaps before it: only those that were accepted before. The index of the
     * ledger by task has them together.
     */
    private static final String OLDER_TASKS = """
            select distinct task_id from call_attempt
            where started_at >= :from and started_at < :to and task_id < :accepted<tenant>
            """;

    private static final String EARLIER = COLUMNS + """
            from call_attempt where task_id = any(:tasks) and started_at >= :earliest and started_at < :from
            """;

    private static final String EXAMPLE = """
            select attempt, phase, http_status, provider_code, request_id, duration_ms
            from call_attempt where call_id = :id and started_at = :at
            """;

    private static final String WITHOUT_USE = """
            select id, generation, state from task
            where id = any(:tasks) and (state in ('failed', 'expired', 'cancelled') or generation > 1)
            """;

    private static final int TENANT = 14;

    /** Calls that are in memory at once. */
    private static final int FETCHED_AT_ONCE = 5_000;

    /** Clocks differ by no more. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final PeriodQueries period;
    private final Reading reading;

    /** Takes the calls of one task in the period, and those before that they depend on. */
    @FunctionalInterface
    interface OfTask {
        void accept(String tenant, List<LedgerCall> calls);
    }

    CallReader(PeriodQueries period, Reading reading) {
        this.period = period;
        this.reading = reading;
    }

    /** Reads all calls, those of each task together. */
    void forEachTask(OfTask consumer) {
        Map<UUID, List<LedgerCall>> earlier = earlier();
        period.query(CALLS).setFetchSize(FETCHED_AT_ONCE).scanResultSet((rows, _) -> {
            read(rows.get(), earlier, consumer);
            return true;
        });
    }

    private Map<UUID, List<LedgerCall>> earlier() {
        Instant from = period.period().from();
        List<UUID> tasks = period.query(OLDER_TASKS)
                .bind("accepted", TaskId.bound(from.plus(SKEW)).value())
                .mapTo(UUID.class)
                .list();
        if (tasks.isEmpty()) {
            return Map.of();
        }
        UUID oldest = tasks.stream().min(Comparator.comparing(UUID::toString)).orElseThrow();
        return period
                .handle()
                .createQuery(EARLIER)
                .bindArray("tasks", UUID.class, tasks)
                .bind("earliest", CallLedger.earliestOf(oldest))
                .bind("from", period.period().start())
                .map((row, _) -> call(row))
                .stream()
                .collect(Collectors.groupingBy(LedgerCall::task));
    }

    private void read(ResultSet row, Map<UUID, List<LedgerCall>> earlier, OfTask consumer) throws SQLException {
        List<LedgerCall> ofTask = new ArrayList<>();
        String tenant = "";
        for (long number = 1; row.next(); number++) {
            LedgerCall call = call(row);
            if (!ofTask.isEmpty() && !ofTask.getLast().task().equals(call.task())) {
                accept(tenant, ofTask, earlier, consumer);
                ofTask.clear();
            }
            ofTask.add(call);
            tenant = row.getString(TENANT);
            if (number % FETCHED_AT_ONCE == 0) {
                reading.reached(Reading.Part.CALLS, call.task());
            }
        }
        if (!ofTask.isEmpty()) {
            accept(tenant, ofTask, earlier, consumer);
        }
    }

    private static void accept(
            String tenant, List<LedgerCall> ofTask, Map<UUID, List<LedgerCall>> earlier, OfTask consumer) {
        List<LedgerCall> calls = new ArrayList<>(ofTask);
        calls.addAll(earlier.getOrDefault(ofTask.getFirst().task(), List.of()));
        consumer.accept(tenant, calls);
    }

    private static LedgerCall call(ResultSet row) throws SQLException {
        return new LedgerCall(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getInt(3),
                row.getString(4),
                row.getString(5),
                row.getObject(6, OffsetDateTime.class).toInstant(),
                instant(row.getObject(7, OffsetDateTime.class)),
                row.getString(8),
                row.getBoolean(9),
                row.getString(10),
                row.getObject(11, Long.class),
                row.getLong(12),
                row.getString(13));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    /** Reads more of the newest failed call of a cause, unless the ledger has dropped it. */
    Optional<Example> example(Failed cause) {
        LedgerCall call = cause.newest();
        return period.handle()
                .createQuery(EXAMPLE)
                .bind("id", call.id())
                .bind("at", call.startedAt().atOffset(ZoneOffset.UTC))
                .map((row, _) -> new Example(
                        cause.stage(),
                        cause.provider(),
                        cause.reason(),
                        call.startedAt(),
                        call.task(),
                        row.getInt("attempt"),
                        row.getString("phase"),
                        row.getObject("http_status", Integer.class),
                        row.getString("provider_code"),
                        row.getString("request_id"),
                        row.getObject("duration_ms", Long.class)))
                .findOne();
    }

    @Override
    public Map<UUID, State> withoutUse(Collection<UUID> tasks) {
        return period
                .handle()
                .createQuery(WITHOUT_USE)
                .bindArray("tasks", UUID.class, tasks)
                .map((row, _) -> Map.entry(
                        row.getObject("id", UUID.class), new State(row.getInt("generation"), row.getString("state"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
