package io.pawline.ops.canary;

import io.pawline.ops.canary.Canary.Counts;
import io.pawline.ops.canary.Canary.Decision;
import io.pawline.ops.canary.Canary.Side;
import io.pawline.ops.canary.Canary.SwitchedOff;
import io.pawline.ops.canary.SequentialComparison.Tally;
import io.pawline.ops.canary.SequentialComparison.Verdict;
import io.pawline.schemas.Reason;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the tables {@code canary} and {@code canary_task}. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class CanaryStore {

    /** So many results are judged in one transaction. */
    private static final int AT_ONCE = 2_000;

    private static final String BEGIN = """
            insert into canary as known (stage, provider, share, began_at, last_at)
            values (:stage, :provider, :share, :began, :last)
            on conflict (stage, provider) do update set share = excluded.share,
                last_at = greatest(known.last_at, excluded.last_at)
            """;

    /** Calls that began before the comparison are those of the last one. */
    private static final String NOTE = """
            insert into canary_task (stage, provider, task_id, of_canary, started_at, duration_ms, cause)
            select call.stage, call.provider, call.task_id, call.of_canary, call.started_at, call.duration_ms, call.cause
            from jsonb_to_recordset(cast(:calls as jsonb)) as call (stage text, provider text, task_id uuid,
                of_canary boolean, started_at timestamptz, duration_ms bigint, cause text)
            join canary using (stage, provider)
            where canary.verdict is null and not canary.seen_off and call.started_at >= canary.began_at
            on conflict do nothing
            """;

    /** A replay opens a new generation, so what the first one came to is read from its dead letter then. */
    private static final String ENDED = """
            select compared.task_id, of_canary, duration_ms, cause, task.state,
                case when task.generation = 1 then task.reason else letter.reason end as reason,
                task.generation > 1 as replayed,
                (select coalesce(sum(call.cost_micros), 0) from call_attempt call
                 where call.task_id = compared.task_id and call.generation = 1 and call.stage = compared.stage
                     and call.started_at >= compared.started_at) as cost_micros
            from canary_task compared
                left join task on task.id = compared.task_id
                left join lateral (select reason from dead_letter where dead_letter.task_id = compared.task_id
                    and dead_letter.generation = 1 order by failed_at desc limit 1) letter on task.generation > 1
            where compared.stage = :stage and compared.provider = :provider and not judged
                and (cause is not null or task.state <> 'accepted' or task.generation > 1)
            order by compared.started_at, compared.task_id limit :most
            """;

    private static final String SIDES = """
            select of_canary, count(*) as calls, avg(cost_micros)::bigint as cost_micros,
                percentile_disc(0.95) within group (order by duration_ms) as p95_ms
            from canary_task
            where stage = :stage and provider = :provider and judged
                and (cause is null or cause in ('slow', 'costly', 'implausible'))
            group by of_canary
            """;

    private static final String JUDGED = """
            update canary_task set judged = true, cause = result.cause, cost_micros = result.cost_micros
            from jsonb_to_recordset(cast(:results as jsonb)) as result (task_id uuid, cause text, cost_micros bigint)
            where stage = :stage and provider = :provider and canary_task.task_id = result.task_id
            """;

    private static final String SAVE = """
            update canary set round = :round, began_at = :began, evidence = :evidence,
                reassurance = :reassurance, tasks = :tasks, bad = :bad,
                others = :others, others_bad = :othersBad, waiting = :waiting, waiting_bad = :waitingBad,
                waiting_others = :waitingOthers, waiting_others_bad = :waitingOthersBad,
                causes = cast(:causes as jsonb), p95_ms = :p95, others_p95_ms = :othersP95, cost_micros = :cost,
                others_cost_micros = :othersCost, verdict = :verdict, decided_at = :decided, why = :why,
                switched_off_at = :switchedOff, seen_off = :seenOff
            where stage = :stage and provider = :provider
            """;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, Integer>> COUNTS = new TypeReference<>() {};

    private final TaskDatabase database;

    CanaryStore(TaskDatabase database) {
        this.database = database;
    }

    /** Notes these calls; the same ones again change nothing. */
    void note(Collection<ComparedCall> calls) {
        if (calls.isEmpty()) {
            return;
        }
        Map<List<String>, ComparedCall> newest = calls.stream()
                .collect(Collectors.toMap(
                        call -> List.of(call.stage(), call.canary()),
                        call -> call,
                        BinaryOperator.maxBy((one, other) -> one.endedAt().compareTo(other.endedAt()))));
        Instant first = calls.stream()
                .map(ComparedCall::startedAt)
                .min(Instant::compareTo)
                .orElseThrow();
        database.inTransaction(handle -> {
            newest.values()
                    .forEach(call -> handle.createUpdate(BEGIN)
                            .bind("stage", call.stage())
                            .bind("provider", call.canary())
                            .bind("share", call.share())
                            .bind("began", first.atOffset(ZoneOffset.UTC))
                            .bind("last", call.endedAt().atOffset(ZoneOffset.UTC))
                            .execute());
            return handle.createUpdate(NOTE)
                    .bind(
                            "calls",
                            JSON.writeValueAsString(
                                    calls.stream().map(CanaryStore::row).toList()))
                    .execute();
        });
    }

    private static Map<String, @Nullable Object> row(ComparedCall call) {
        Map<String, @Nullable Object> row = new HashMap<>();
        row.put("stage", call.stage());
        row.put("provider", call.canary());
        row.put("task_id", call.task());
        row.put("of_canary", call.ofCanary());
        row.put("started_at", call.startedAt());
        row.put("duration_ms", call.durationMillis());
        CanaryCause cause = call.cause();
        row.put("cause", cause == null ? null : cause.code());
        return row;
    }

    /** Finds all comparisons, sorted by stage and name. */
    List<Canary> all() {
        return database.with(handle -> handle.createQuery("select * from canary order by stage, provider")
                .map((row, _) -> canary(row))
                .list());
    }

    /** Does something with one comparison, in one transaction. */
    interface Change {
        /** Returns what is kept; the same: nothing has changed. */
        Canary of(Handle handle, Canary canary);
    }

    /**
     * Changes a comparison that nobody else is changing.
     *
     * @return what it is now; empty: somebody else is changing it, or it is gone
     */
    Optional<Canary> change(Canary known, Change change) {
        return database.inTransaction(handle -> {
            Optional<Canary> now = handle.createQuery(
                            "select * from canary where stage = :stage and provider = :provider"
                                    + " for no key update skip locked")
                    .bind("stage", known.stage())
                    .bind("provider", known.provider())
                    .map((row, _) -> canary(row))
                    .findOne();
            return now.map(before -> {
                Canary after = change.of(handle, before);
                if (!after.equals(before)) {
                    save(handle, after);
                }
                return after;
            });
        });
    }

    /**
     * Holds what is known of a task that has ended.
     *
     * @param cause why its first call is bad; null: it succeeded
     * @param failure why the task failed; null: it did not
     * @param success whether it succeeded
     */
    record Ended(
            UUID task,
            boolean ofCanary,
            long durationMillis,
            long costMicros,
            @Nullable CanaryCause cause,
            @Nullable Reason failure,
            boolean success) {}

    /** Finds the tasks whose results are not judged yet and could be, in the order of their calls. */
    static List<Ended> ended(Handle handle, Canary canary) {
        return handle.createQuery(ENDED)
                .bind("stage", canary.stage())
                .bind("provider", canary.provider())
                .bind("most", AT_ONCE)
                .map((row, _) -> ended(row))
                .list();
    }

    private static Ended ended(ResultSet row) throws SQLException {
        String state = row.getString("state");
        String reason = row.getString("reason");
        String cause = row.getString("cause");
        boolean ofFirst = !row.getBoolean("replayed");
        boolean failed = !ofFirst || "failed".equals(state);
        return new Ended(
                row.getObject("task_id", UUID.class),
                row.getBoolean("of_canary"),
                row.getLong("duration_ms"),
                row.getLong("cost_micros"),
                cause == null ? null : CanaryCause.valueOf(cause.toUpperCase(Locale.ROOT)),
                failed && reason != null ? Reason.ofCode(reason).orElse(Reason.UNCLASSIFIED) : null,
                ofFirst && "success".equals(state));
    }

    /** Says what the calls of both sides take and cost: of the canary first. */
    static List<Side> sides(Handle handle, Canary canary) {
        Map<Boolean, Side> sides = handle
                .createQuery(SIDES)
                .bind("stage", canary.stage())
                .bind("provider", canary.provider())
                .map((row, _) -> Map.entry(
                        row.getBoolean("of_canary"),
                        new Side(row.getInt("calls"), number(row, "p95_ms"), number(row, "cost_micros"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return List.of(sides.getOrDefault(true, Side.NONE), sides.getOrDefault(false, Side.NONE));
    }

    /**
     * Notes what was found of tasks.
     *
     * @param causes of each task's bad result; empty: it is good
     * @param none tasks that say nothing of either side
     * @param waitsSince tasks that began before this moment and have not ended are not waited for
     */
    static void judged(
            Handle handle,
            Canary canary,
            Map<Ended, Optional<CanaryCause>> causes,
            List<UUID> none,
            Instant waitsSince) {
        List<Map<String, @Nullable Object>> rows = causes.entrySet().stream()
                .map(each -> {
                    Map<String, @Nullable Object> row = new HashMap<>();
                    row.put("task_id", each.getKey().task());
                    row.put("cause", each.getValue().map(CanaryCause::code).orElse(null));
                    row.put("cost_micros", each.getKey().costMicros());
                    return row;
                })
                .toList();
        handle.createUpdate(JUDGED)
                .bind("stage", canary.stage())
                .bind("provider", canary.provider())
                .bind("results", JSON.writeValueAsString(rows))
                .execute();
        handle.createUpdate("""
                        delete from canary_task where stage = :stage and provider = :provider and not judged
                            and (task_id = any(:none) or started_at < :since)
                        """)
                .bind("stage", canary.stage())
                .bind("provider", canary.provider())
                .bindArray("none", UUID.class, none)
                .bind("since", waitsSince.atOffset(ZoneOffset.UTC))
                .execute();
    }

    /** Forgets the tasks of a comparison that is over. */
    static void forgetTasks(Handle handle, Canary canary) {
        handle.createUpdate("delete from canary_task where stage = :stage and provider = :provider")
                .bind("stage", canary.stage())
                .bind("provider", canary.provider())
                .execute();
    }

    /** Forgets comparisons of which nothing was heard since this moment. */
    void forget(Instant before) {
        database.with(handle -> handle.createUpdate("delete from canary where last_at < :before and not seen_off")
                .bind("before", before.atOffset(ZoneOffset.UTC))
                .execute());
    }

    private static void save(Handle handle, Canary canary) {
        Counts counts = canary.counts();
        SequentialComparison results = counts.results();
        Decision decision = canary.decision();
        handle.createUpdate(SAVE)
                .bind("stage", canary.stage())
                .bind("provider", canary.provider())
                .bind("round", canary.round())
                .bind("began", at(canary.beganAt()))
                .bind("evidence", results.evidence())
                .bind("reassurance", results.reassurance())
                .bind("tasks", results.canary().results())
                .bind("bad", results.canary().bad())
                .bind("others", results.others().results())
                .bind("othersBad", results.others().bad())
                .bind("waiting", results.waitingCanary().results())
                .bind("waitingBad", results.waitingCanary().bad())
                .bind("waitingOthers", results.waitingOthers().results())
                .bind("waitingOthersBad", results.waitingOthers().bad())
                .bind("causes", JSON.writeValueAsString(counts.causes()))
                .bind("p95", counts.own().p95Millis())
                .bind("othersP95", counts.others().p95Millis())
                .bind("cost", counts.own().costMicros())
                .bind("othersCost", counts.others().costMicros())
                .bind(
                        "verdict",
                        decision == null ? null : decision.verdict().name().toLowerCase(Locale.ROOT))
                .bind("decided", decision == null ? null : at(decision.at()))
                .bind("why", decision == null ? null : decision.why())
                .bind("switchedOff", at(canary.switchedOff().at()))
                .bind("seenOff", canary.switchedOff().seen())
                .execute();
    }

    private static Canary canary(ResultSet row) throws SQLException {
        return new Canary(
                row.getString("stage"),
                row.getString("provider"),
                row.getInt("round"),
                row.getDouble("share"),
                row.getObject("began_at", OffsetDateTime.class).toInstant(),
                row.getObject("last_at", OffsetDateTime.class).toInstant(),
                counts(row),
                decision(row),
                new SwitchedOff(instant(row, "switched_off_at"), row.getBoolean("seen_off")));
    }

    private static Counts counts(ResultSet row) throws SQLException {
        return new Counts(
                new SequentialComparison(
                        row.getDouble("evidence"),
                        row.getDouble("reassurance"),
                        new Tally(row.getInt("tasks"), row.getInt("bad")),
                        new Tally(row.getInt("others"), row.getInt("others_bad")),
                        new Tally(row.getInt("waiting"), row.getInt("waiting_bad")),
                        new Tally(row.getInt("waiting_others"), row.getInt("waiting_others_bad"))),
                JSON.readValue(row.getString("causes"), COUNTS),
                new Side(row.getInt("tasks"), number(row, "p95_ms"), number(row, "cost_micros")),
                new Side(row.getInt("others"), number(row, "others_p95_ms"), number(row, "others_cost_micros")));
    }

    private static @Nullable Decision decision(ResultSet row) throws SQLException {
        String verdict = row.getString("verdict");
        Instant decidedAt = instant(row, "decided_at");
        return verdict == null || decidedAt == null
                ? null
                : new Decision(
                        Verdict.valueOf(verdict.toUpperCase(Locale.ROOT)),
                        decidedAt,
                        Objects.requireNonNullElse(row.getString("why"), ""));
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Long.class);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant moment) {
        return moment == null ? null : moment.atOffset(ZoneOffset.UTC);
    }
}
