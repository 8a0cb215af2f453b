package io.pawline.ops.live;

import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps the tables of what happens now. The same update again changes nothing. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class LiveStore {

    private static final String WINDOWS = """
            insert into live_window as known
            select * from jsonb_populate_recordset(null::live_window, cast(:windows as jsonb))
            on conflict (seconds, started_at, stage) do update set
                updates = excluded.updates, tasks = excluded.tasks, calls = excluded.calls,
                succeeded = excluded.succeeded, failures = excluded.failures, timeouts = excluded.timeouts,
                cost_micros = excluded.cost_micros, reasons = excluded.reasons, endings = excluded.endings
            where excluded.updates > known.updates
            """;

    private static final String PROCESSES = """
            insert into stage_process as known
            select * from jsonb_populate_recordset(null::stage_process, cast(:processes as jsonb))
            on conflict (stage, instance, provider) do update set
                at = excluded.at, in_flight = excluded.in_flight,
                call_limit = excluded.call_limit, breaker = excluded.breaker, breaker_since = excluded.breaker_since
            where excluded.at >= known.at
            """;

    /** The short spans are kept so long; the long ones are kept as long as the ledger's calls. */
    private static final Duration SHORT_KEPT = Duration.ofDays(2);

    private static final Duration PROCESS_KEPT = Duration.ofDays(1);

    private final TaskDatabase database;
    private final Duration retention;
    private final Clock clock;

    /** @param retention how long the spans of a minute are kept */
    LiveStore(TaskDatabase database, Duration retention, Clock clock) {
        this.database = database;
        this.retention = retention;
        this.clock = clock;
    }

    void keep(Collection<LiveUpdate> updates) {
        List<Map<String, Object>> windows = updates.stream()
                .filter(update -> update.totals() != null)
                .map(LiveStore::window)
                .toList();
        List<Map<String, Object>> processes = updates.stream()
                .filter(update -> update.process() != null)
                .map(LiveStore::process)
                .toList();
        database.inTransaction(handle -> {
            int kept = 0;
            if (!windows.isEmpty()) {
                kept += handle.createUpdate(WINDOWS)
                        .bind("windows", Json.text(windows))
                        .execute();
            }
            if (!processes.isEmpty()) {
                kept += handle.createUpdate(PROCESSES)
                        .bind("processes", Json.text(processes))
                        .execute();
            }
            return kept;
        });
    }

    /** Deletes what is older than the retention; returns how many rows. */
    int dropOld() {
        Instant now = clock.instant();
        return database.inTransaction(handle -> handle.createUpdate("""
                                delete from live_window
                                where started_at < :all or (seconds = 10 and started_at < :short)
                                """)
                        .bind("all", now.minus(retention).atOffset(ZoneOffset.UTC))
                        .bind("short", now.minus(SHORT_KEPT).atOffset(ZoneOffset.UTC))
                        .execute()
                + handle.createUpdate("delete from stage_process where at < :before")
                        .bind("before", now.minus(PROCESS_KEPT).atOffset(ZoneOffset.UTC))
                        .execute());
    }

    private static Map<String, Object> window(LiveUpdate update) {
        WindowTotals totals = Objects.requireNonNull(update.totals());
        Map<String, Object> row = new HashMap<>();
        row.put("seconds", update.seconds());
        row.put("started_at", update.startedAt());
        row.put("stage", update.stage());
        row.put("updates", totals.updates());
        row.put("tasks", totals.tasks());
        row.put("calls", totals.calls());
        row.put("succeeded", totals.succeeded());
        row.put("failures", totals.failures());
        row.put("timeouts", totals.timeouts());
        row.put("cost_micros", totals.costMicros());
        row.put("reasons", totals.reasons());
        row.put("endings", totals.finalStates());
        return row;
    }

    private static Map<String, Object> process(LiveUpdate update) {
        InstanceState process = Objects.requireNonNull(update.process());
        Map<String, Object> row = new HashMap<>();
        row.put("stage", update.stage());
        row.put("instance", process.instance());
        row.put("provider", process.provider());
        row.put("at", process.at());
        row.put("in_flight", process.inFlight());
        row.put("call_limit", process.limit());
        row.put("breaker", process.breaker());
        row.put("breaker_since", process.breakerSince());
        return row;
    }
}
