package io.pawline.ops.ledger;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Partitions;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the rows of {@code call_attempt}, in a partition for each day (UTC). The same event again changes nothing.
 * Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
public final class CallLedger {

    /**
     * Two listeners note dead letters and calls, and the later one has to find what the other noted: they take turns.
     */
    public static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(x'6f7073'::int)";

    private static final String NOTE = """
            insert into call_attempt as known (call_id, started_at, task_id, generation, tenant, stage, provider, attempt,
                ended_at, outcome, orphaned, reason, phase, http_status, provider_code, request_id, duration_ms,
                cost_micros, billed, life, budget_day, reserved_micros, hedge)
            select call_id, started_at, task_id, generation, tenant, stage, provider, attempt, ended_at, outcome, orphaned,
                reason, phase, http_status, provider_code, request_id, duration_ms, cost_micros, billed, life, budget_day,
                reserved_micros, hedge
            from jsonb_populate_recordset(null::call_attempt, cast(:calls as jsonb))
            on conflict (call_id, started_at) do update set
                ended_at = coalesce(known.ended_at, excluded.ended_at),
                outcome = coalesce(known.outcome, excluded.outcome),
                orphaned = known.orphaned or excluded.orphaned,
                reason = coalesce(known.reason, excluded.reason),
                phase = coalesce(known.phase, excluded.phase),
                http_status = coalesce(known.http_status, excluded.http_status),
                provider_code = coalesce(known.provider_code, excluded.provider_code),
                request_id = coalesce(known.request_id, excluded.request_id),
                duration_ms = coalesce(known.duration_ms, excluded.duration_ms),
                cost_micros = coalesce(known.cost_micros, excluded.cost_micros),
                billed = coalesce(known.billed, excluded.billed),
                life = coalesce(known.life, excluded.life),
                budget_day = coalesce(known.budget_day, excluded.budget_day),
                reserved_micros = coalesce(known.reserved_micros, excluded.reserved_micros),
                hedge = known.hedge or excluded.hedge
            """;

    private static final String SET_PROVIDER_CODES = """
            update dead_letter set provider_code = coalesce(call.provider_code, 'HTTP ' || call.http_status),
                request_id = call.request_id,
                search = case when dead_letter.request_id is not distinct from call.request_id then search
                    else search || to_tsvector('simple', coalesce(call.request_id, '')) end
            from (select distinct on (task_id, generation, stage, reason) * from call_attempt
                  where call_id = any(:ids) and started_at >= :from and outcome = 'failed'
                      and (provider_code is not null or http_status is not null)
                  order by task_id, generation, stage, reason, started_at desc) call
            where dead_letter.task_id = call.task_id and dead_letter.generation = call.generation
                and dead_letter.stage = call.stage and dead_letter.reason = call.reason
            """;

    /** A clock may be ahead, but not by days. */
    private static final Duration AHEAD = Duration.ofDays(2);

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TaskDatabase database;
    private final Prices prices;
    private final Duration retention;
    private final Clock clock;
    private final Partitions partitions;
    private final Set<LocalDate> made = ConcurrentHashMap.newKeySet();

    /** @param retention how long a call is kept, in whole days */
    public CallLedger(TaskDatabase database, Prices prices, Duration retention, Clock clock) {
        this.database = database;
        this.prices = prices;
        this.retention = retention;
        this.clock = clock;
        this.partitions = new Partitions(
                database, new Partitions.Layout("call_attempt", Partitions.Key.TIME, Partitions.Length.DAY, ""));
    }

    /** Notes what is known of these calls, in one transaction; it leaves out calls older than the retention. */
    public void note(Collection<Call> reported) {
        Instant now = clock.instant();
        Instant oldest = startOf(oldestDay(now));
        Collection<Call> calls = reported.stream()
                .filter(call ->
                        !call.startedAt().isBefore(oldest) && call.startedAt().isBefore(now.plus(AHEAD)))
                .collect(Collectors.toMap(Call::id, call -> call, Call::and))
                .values();
        if (calls.isEmpty()) {
            return;
        }
        makeDays(calls);
        database.inTransaction(handle -> {
            handle.createQuery(ONE_AT_A_TIME).map((_, _) -> true).one();
            handle.createUpdate(NOTE)
                    .bind(
                            "calls",
                            JSON.writeValueAsString(
                                    calls.stream().map(this::row).toList()))
                    .execute();
            return handle.createUpdate(SET_PROVIDER_CODES)
                    .bindArray("ids", UUID.class, calls.stream().map(Call::id).toList())
                    .bind("from", earliest(calls).atOffset(ZoneOffset.UTC))
                    .execute();
        });
    }

    /** Makes the partitions of the next days, so that no call waits for one. */
    public void makeAhead() {
        Instant now = clock.instant();
        partitions.make(now, now.plus(AHEAD));
    }

    /** Drops the days before the retention; returns how many. */
    public int dropOld() {
        return partitions.drop(startOf(oldestDay(clock.instant())));
    }

    /** Makes the partitions of the days of these calls, unless this process knows them. */
    private void makeDays(Collection<Call> calls) {
        for (Call call : calls) {
            LocalDate day = dayOf(call.startedAt());
            if (!made.contains(day)) {
                partitions.ensure(call.startedAt());
                made.add(day);
            }
        }
    }

    /**
     * The moment before which there was no call for a task, as the database takes it. It leaves room for clocks that
     * differ. An id that was not made here says nothing about it.
     */
    public static OffsetDateTime earliestOf(UUID task) {
        Instant earliest = task.version() == 7 ? new TaskId(task).time().minus(AHEAD) : Instant.EPOCH;
        return earliest.atOffset(ZoneOffset.UTC);
    }

    private static Instant earliest(Collection<Call> calls) {
        return calls.stream().map(Call::startedAt).min(Instant::compareTo).orElseThrow();
    }

    private LocalDate oldestDay(Instant now) {
        return dayOf(now.minus(retention));
    }

    private static LocalDate dayOf(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).toLocalDate();
    }

    private static Instant startOf(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private Map<String, Object> row(Call call) {
        Map<String, Object> row = new HashMap<>();
        row.put("call_id", call.id());
        row.put("started_at", call.startedAt());
        row.put("task_id", call.taskId());
        row.put("generation", call.generation());
        row.put("tenant", call.tenant());
        row.put("stage", call.stage());
        row.put("provider", call.provider());
        row.put("attempt", call.attempt());
        row.put("orphaned", call.orphaned());
        row.put("hedge", call.hedge());
        Call.End end = call.end();
        if (end != null) {
            row.put("ended_at", end.at());
            row.put("outcome", end.outcome());
            row.put("reason", end.reason());
            row.put("phase", end.phase());
            row.put("http_status", end.httpStatus());
            row.put("provider_code", end.providerCode());
            row.put("request_id", end.requestId());
            row.put("duration_ms", end.durationMillis());
            row.put("cost_micros", prices.costMicros(call.provider(), end));
            row.put("billed", end.billed());
        }
        Call.Money money = call.money();
        if (money != null) {
            row.put("life", money.life());
            row.put("budget_day", money.day());
            row.put("reserved_micros", money.reservedMicros());
        }
        return row;
    }
}
