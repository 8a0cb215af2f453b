package io.pawline.ops.report;

import io.pawline.ops.http.Period;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the sums of a report over each quarter of an hour, so that a report of a day need not read its rows. Several
 * processes may do so at once: one does the work, and the others leave it to that one. Thread-safe.
 *
 * <p>The sums of a quarter are made of its rows, in one snapshot of the database, when it has been over for a while. A
 * transaction that changes such a row later marks the quarter, by triggers ({@code V226__report_rollup.sql}); so does one
 * that changes what the sums depend on. A marked quarter is read from its rows by whoever needs it, and its sums are made
 * anew with the next round, which removes the marks that it has seen. So sums that are read are those of the rows,
 * whatever comes late, twice or out of order.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class RollUps {

    static final String TASKS = "tasks";
    static final String CALLS = "calls";

    /** As the function {@code report_quarter} has it. */
    static final Duration QUARTER = Duration.ofMinutes(15);

    /** Length of the spans of time that the sums keep apart. */
    static final Duration SPAN = Duration.ofMinutes(1);

    /** The longest period of a report: quarters before it have sums only if they were made in time. */
    private static final Duration OLDEST = Duration.ofDays(31);

    // Any number that nobody else in the database uses; this one is "quar" in ASCII.
    private static final String ONE_AT_A_TIME = "select pg_try_advisory_xact_lock(x'71756172'::int)";

    /** A quarter has been over for twenty minutes: later changes of its rows, by the same clock, are marked. */
    private static final String DUE = """
            select kinds.kind, quarters.quarter
            from (values ('tasks'), ('calls')) kinds (kind) cross join generate_series(
                report_quarter(now() - make_interval(secs => :oldest)) + interval '15 minutes',
                report_quarter(now() - interval '20 minutes') - interval '15 minutes',
                interval '15 minutes') quarters (quarter)
            where not exists (select from report_rollup made
                    where made.kind = kinds.kind and made.quarter = quarters.quarter and made.tenant = '')
                or exists (select from report_rollup_stale stale
                    where stale.kind = kinds.kind and stale.quarter = quarters.quarter)
            order by quarters.quarter desc, kinds.kind limit 400
            """;

    /** The sums of calls that may have gone are better than what is left of them. */
    private static final String FORGET_MARKS = """
            delete from report_rollup_stale
            where kind = 'calls' and quarter < report_quarter(now() - make_interval(secs => :oldest))
            """;

    private static final String FORGET = "delete from report_rollup where kind = :kind and quarter = :quarter";
    private static final String UNMARK = "delete from report_rollup_stale where kind = :kind and quarter = :quarter";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TaskDatabase database;
    private final Duration oldest;
    private final Clock clock;

    /** A quarter of which sums are to be made. */
    private record Due(String kind, Instant quarter) {
        Period period() {
            return new Period(quarter, quarter.plus(QUARTER));
        }
    }

    /** @param ledgerRetention how long calls are kept: no sums are made of what may have gone */
    RollUps(TaskDatabase database, Duration ledgerRetention, Clock clock) {
        this.database = database;
        this.oldest = ledgerRetention.compareTo(OLDEST) < 0 ? ledgerRetention : OLDEST;
        this.clock = clock;
    }

    static <T> T read(byte[] sums, Class<T> type) {
        return JSON.readValue(sums, type);
    }

    /**
     * Makes the sums that are due, the newest first.
     *
     * @param longest time after which it leaves the rest to the next round
     * @return how many it made
     */
    int makeDue(Duration longest) {
        Instant end = clock.instant().plus(longest);
        int made = 0;
        for (Due due : due()) {
            if (!make(due)) {
                return made;
            }
            made++;
            if (clock.instant().isAfter(end)) {
                return made;
            }
        }
        return made;
    }

    private List<Due> due() {
        return database.inTransaction(handle -> {
            handle.createUpdate(FORGET_MARKS).bind("oldest", oldest.toSeconds()).execute();
            return handle.createQuery(DUE)
                    .bind("oldest", oldest.toSeconds())
                    .map((row, _) -> new Due(
                            row.getString("kind"),
                            row.getObject("quarter", OffsetDateTime.class).toInstant()))
                    .list();
        });
    }

    /** Returns false if another process is at it. */
    private boolean make(Due due) {
        return database.inTransaction(handle -> {
            handle.execute("set transaction isolation level repeatable read");
            HistoryPlans.use(handle);
            if (!handle.createQuery(ONE_AT_A_TIME).mapTo(Boolean.class).one()) {
                return false;
            }
            PeriodQueries queries = new PeriodQueries(handle, due.period(), null);
            Reading reading = new Reading(due.period(), database.longestStatement(), clock, _ -> {});
            write(handle, due, due.kind().equals(TASKS) ? tasks(queries, reading) : calls(queries, reading));
            return true;
        });
    }

    private static Map<String, TaskRollUp> tasks(PeriodQueries queries, Reading reading) {
        Map<String, TaskSums> sums = new HashMap<>();
        TaskSums all = new TaskSums(queries.period().from(), SPAN);
        new TaskReader(queries, reading).forEach(task -> {
            all.add(task);
            sums.computeIfAbsent(
                            task.tenant(), _ -> new TaskSums(queries.period().from(), SPAN))
                    .add(task);
        });
        sums.put("", all);
        return mapped(sums, TaskSums::rollUp);
    }

    private static Map<String, CallRollUp> calls(PeriodQueries queries, Reading reading) {
        Map<String, CallSums> sums = new HashMap<>();
        CallReader reader = new CallReader(queries, reading);
        CallSums all = new CallSums(queries.period().from(), SPAN, reader);
        reader.forEachTask((tenant, calls) -> {
            all.addTask(calls);
            sums.computeIfAbsent(tenant, _ -> new CallSums(queries.period().from(), SPAN, reader))
                    .addTask(calls);
        });
        sums.put("", all);
        return mapped(sums, CallSums::rollUp);
    }

    private static <T, R> Map<String, R> mapped(Map<String, T> sums, Function<T, R> function) {
        Map<String, R> mapped = new HashMap<>();
        sums.forEach((tenant, each) -> mapped.put(tenant, function.apply(each)));
        return mapped;
    }

    private static void write(Handle handle, Due due, Map<String, ?> sums) {
        execute(handle, FORGET, due);
        PreparedBatch insert = handle.prepareBatch("""
                insert into report_rollup (kind, quarter, tenant, sums) values (:kind, :quarter, :tenant, :sums)
                """);
        sums.forEach((tenant, each) -> insert.bind("kind", due.kind())
                .bind("quarter", due.quarter().atOffset(ZoneOffset.UTC))
                .bind("tenant", tenant)
                .bind("sums", JSON.writeValueAsBytes(each))
                .add());
        insert.execute();
        execute(handle, UNMARK, due);
    }

    private static void execute(Handle handle, String delete, Due due) {
        handle.createUpdate(delete)
                .bind("kind", due.kind())
                .bind("quarter", due.quarter().atOffset(ZoneOffset.UTC))
                .execute();
    }
}
