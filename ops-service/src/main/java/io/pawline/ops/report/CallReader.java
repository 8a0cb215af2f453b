package io.pawline.ops.report;

import io.pawline.ops.report.CauseSums.Failed;
import io.pawline.ops.report.Report.Example;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the calls that began in a period, and what belongs to single ones of them. For one thread. */
final class CallReader implements TaskStates {

    /** The index of the ledger by task gives this order, so the server sorts nothing in a long period. */
    private static final String CALLS = """
            select call_id, task_id, generation, stage, provider, started_at, ended_at, outcome, orphaned, reason,
                duration_ms, coalesce(cost_micros, 0) cost_micros, billed
            from call_attempt where started_at >= :from and started_at < :to<tenant>
            order by task_id
            """;

    private static final String EXAMPLE = """
            select attempt, phase, http_status, provider_code, request_id, duration_ms
            from call_attempt where call_id = :id and started_at = :at
            """;

    private static final String WITHOUT_USE = """
            select id, generation, state from task
            where id = any(:tasks) and (state in ('failed', 'expired', 'cancelled') or generation > 1)
            """;

    /** Calls that are in memory at once. */
    private static final int FETCHED_AT_ONCE = 5_000;

    /** The SQLSTATE by which the server gives up a statement that takes too long. */
    private static final String QUERY_CANCELED = "57014";

    private final PeriodQueries period;
    private final Clock clock;
    private final Instant deadline;

    /** @param longest time for the reading of all calls; a longer one is given up */
    CallReader(PeriodQueries period, Duration longest, Clock clock) {
        this.period = period;
        this.clock = clock;
        this.deadline = clock.instant().plus(longest);
    }

    /** Reads all calls, those of each task together. */
    void forEachTask(Consumer<List<LedgerCall>> consumer) {
        period.query(CALLS).setFetchSize(FETCHED_AT_ONCE).scanResultSet((rows, _) -> {
            read(rows.get(), consumer);
            return true;
        });
    }

    private void read(ResultSet row, Consumer<List<LedgerCall>> consumer) throws SQLException {
        List<LedgerCall> ofTask = new ArrayList<>();
        for (long number = 1; row.next(); number++) {
            LedgerCall call = call(row);
            if (!ofTask.isEmpty() && !ofTask.getLast().task().equals(call.task())) {
                consumer.accept(ofTask);
                ofTask.clear();
            }
            ofTask.add(call);
            if (number % FETCHED_AT_ONCE == 0) {
                checkTime();
            }
        }
        consumer.accept(ofTask);
    }

    /** The limit of the server is for each part that is fetched. */
    private void checkTime() throws SQLTimeoutException {
        if (clock.instant().isAfter(deadline)) {
            throw new SQLTimeoutException("the calls of the period take too long to read", QUERY_CANCELED);
        }
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

    /** Reads more of the newest failed call of a cause. */
    Example example(Failed cause) {
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
                .one();
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
