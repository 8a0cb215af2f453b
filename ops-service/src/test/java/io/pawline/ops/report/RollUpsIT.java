package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.http.Period;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.ledger.Prices;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskDatabase;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A report of the sums that were made ahead is the report of the rows, whatever happens to these in the meantime. */
class RollUpsIT {

    /** Two engines run this class, one after the other, so neither of them closes it. */
    private static final TaskDatabase DATABASE = TestingDatabase.open();

    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration OLDEST = Duration.ofHours(5);

    /** It is over for an hour, so there are sums of each of its quarters; its ends are within quarters. */
    private final Instant start = CLOCK.instant()
            .truncatedTo(ChronoUnit.HOURS)
            .minus(Duration.ofHours(3))
            .plus(Duration.ofMinutes(7));

    private final Period period = new Period(start, start.plus(Duration.ofMinutes(100)));

    /** How a report was made, and when. */
    private static final String[] HOW = {"generatedAt", "exact"};

    private static final int CALLS = 24;
    private static final int TASKS = 4;

    private final RollUps rollUps = new RollUps(DATABASE, OLDEST, CLOCK);
    private final Reports reports = new Reports(DATABASE, 1.35, CLOCK);
    private final CallLedger ledger = new CallLedger(
            DATABASE,
            new Prices(Map.of("seedream", new BigDecimal("0.03"), "volc", new BigDecimal("0.011"))),
            Duration.ofDays(30),
            CLOCK);

    /** What happens: each is one transaction. */
    private enum Kind {
        BEGINS,
        ENDS,
        ORPHANED,
        TASK_ENDS,
        TASK_IS_REPLAYED,
        TASK_IS_NOTIFIED,
        SUMS_ARE_MADE
    }

    record Event(Kind kind, int number) {}

    @BeforeEach
    @BeforeTry
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate call_attempt, task, report_rollup_stale"));
    }

    /** Events come late, twice and out of order; tasks end, are replayed and notified when their sums are made. */
    @Property(tries = 60)
    void theirReportIsThatOfTheRows(@ForAll("events") List<Event> events, @ForAll long seed) {
        Scene scene = new Scene(seed);
        for (Event event : events) {
            scene.happens(event);
        }

        assertSame(null);
        rollUps.makeDue(Duration.ofMinutes(1));
        assertThat(count("report_rollup_stale")).as("marks that are left").isZero();
        assertThat(quartersIn(period)).as("quarters with sums").isEqualTo(2 * 6);
        assertSame(null);
        assertSame("shop");
        assertSame("nobody");
    }

    /** The same comparison fails if changes leave no mark: so the marks are what makes the sums right. */
    @Test
    void withoutMarksALateEventWouldBeMissed() {
        Scene scene = new Scene(1);
        scene.happens(new Event(Kind.BEGINS, 0));
        scene.happens(new Event(Kind.SUMS_ARE_MADE, 0));
        DATABASE.with(handle -> handle.execute("alter table call_attempt disable trigger call_attempt_changed_late"));
        scene.happens(new Event(Kind.ENDS, 0));

        assertThat(report(null, false))
                .usingRecursiveComparison()
                .ignoringFields(HOW)
                .isNotEqualTo(report(null, true));

        DATABASE.with(handle -> handle.execute("alter table call_attempt enable trigger call_attempt_changed_late"));
    }

    @Test
    void theSumsOutliveTheRows() {
        Scene scene = new Scene(2);
        for (int i = 0; i < CALLS; i++) {
            scene.happens(new Event(Kind.ENDS, i));
        }
        rollUps.makeDue(Duration.ofMinutes(1));
        Period quarters = new Period(start.plus(Duration.ofMinutes(8)), start.plus(Duration.ofMinutes(83)));
        Report before = reports.of(quarters);
        // As partitions do that are dropped
        DATABASE.with(handle -> handle.execute("delete from call_attempt"));

        Report after = reports.of(quarters);

        assertThat(before.stages()).isNotEmpty();
        assertThat(after.stages()).isEqualTo(before.stages());
        assertThat(after.cost()).isEqualTo(before.cost());
        assertThat(after.examples()).as("they are rows").isEmpty();
    }

    @Test
    void oneProcessMakesThem() {
        try (Handle other = DATABASE.jdbi().open()) {
            other.execute("select pg_advisory_lock(x'71756172'::int)");
            assertThat(rollUps.makeDue(Duration.ofMinutes(1))).isZero();
            other.execute("select pg_advisory_unlock(x'71756172'::int)");
        }
        assertThat(rollUps.makeDue(Duration.ofMinutes(1))).isPositive();
        assertThat(rollUps.makeDue(Duration.ofMinutes(1))).as("all is made").isZero();
    }

    private void assertSame(@Nullable String tenant) {
        assertThat(report(tenant, false))
                .usingRecursiveComparison()
                .ignoringFields(HOW)
                .isEqualTo(report(tenant, true));
    }

    private Report report(@Nullable String tenant, boolean exact) {
        return reports.of(period, tenant, exact, _ -> {});
    }

    private static long count(String table) {
        return DATABASE.with(handle -> handle.createQuery("select count(*) from " + table)
                .mapTo(Long.class)
                .one());
    }

    private static long quartersIn(Period period) {
        return DATABASE.with(handle -> handle.createQuery("""
                        select count(*) from report_rollup
                        where tenant = '' and quarter >= :from and quarter + interval '15 minutes' <= :to
                        """)
                .bind("from", period.start())
                .bind("to", period.end())
                .mapTo(Long.class)
                .one());
    }

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<Event> event = Arbitraries.frequencyOf(
                Tuple.of(4, of(Kind.BEGINS, CALLS)),
                Tuple.of(6, of(Kind.ENDS, CALLS)),
                Tuple.of(1, of(Kind.ORPHANED, CALLS)),
                Tuple.of(2, of(Kind.TASK_ENDS, TASKS)),
                Tuple.of(1, of(Kind.TASK_IS_REPLAYED, TASKS)),
                Tuple.of(1, of(Kind.TASK_IS_NOTIFIED, TASKS)),
                Tuple.of(2, of(Kind.SUMS_ARE_MADE, 1)));
        return event.list().ofMinSize(5).ofMaxSize(40);
    }

    private static Arbitrary<Event> of(Kind kind, int numbers) {
        return Arbitraries.integers().between(0, numbers - 1).map(number -> new Event(kind, number));
    }

    /** Some tasks and their calls, of which everything but what has happened is decided by the seed. */
    private final class Scene {

        private final List<UUID> tasks = new ArrayList<>();
        private final List<Call> calls = new ArrayList<>();

        Scene(long seed) {
            Random random = new Random(seed);
            for (int i = 0; i < TASKS; i++) {
                add(start.minus(Duration.ofMinutes(10)).plus(Duration.ofMinutes(random.nextInt(60))), i);
            }
            for (int i = 0; i < CALLS; i++) {
                calls.add(call(random));
            }
        }

        private void add(Instant submitted, int number) {
            UUID id = TaskId.at(submitted).value();
            tasks.add(id);
            DATABASE.inTransaction(handle -> handle.createUpdate("""
                            insert into task (id, tenant, style, photo_url, callback_url, submitted_at, deadline, client_ref)
                            values (:id, :tenant, 'ink', 'https://photos.example/cat.jpg', 'https://shop.example/callback',
                                :at, :at, 'order-1')
                            """)
                    .bind("id", id)
                    .bind("tenant", tenant(number))
                    .bind("at", submitted.atOffset(ZoneOffset.UTC))
                    .execute());
        }

        private static String tenant(int task) {
            return task % 2 == 0 ? "shop" : "forum";
        }

        /** With its end; a millisecond for each, so that their order is that of their ids. */
        private Call call(Random random) {
            int task = random.nextInt(TASKS);
            Instant at = new TaskId(tasks.get(task))
                    .time()
                    .plusMillis(calls.size())
                    .plus(Duration.ofMinutes(random.nextInt(50)))
                    .plusSeconds(15L * random.nextInt(4));
            boolean failed = random.nextBoolean();
            long millis = random.nextInt(30_000);
            return new Call(
                    TestingCallIds.idAt(at),
                    tasks.get(task),
                    1 + random.nextInt(2),
                    tenant(task),
                    random.nextBoolean() ? "generate" : "matting",
                    random.nextBoolean() ? "seedream" : "volc",
                    1 + random.nextInt(3),
                    new Call.End(
                            at.plusMillis(millis),
                            failed ? "failed" : "succeeded",
                            failed ? random.nextBoolean() ? "read_timeout" : "overloaded" : null,
                            "done",
                            200,
                            null,
                            null,
                            millis,
                            null,
                            random.nextInt(3) == 0 ? "no" : "yes"),
                    false);
        }

        void happens(Event event) {
            switch (event.kind()) {
                case BEGINS -> ledger.note(List.of(told(event, false, false)));
                case ENDS -> ledger.note(List.of(told(event, true, false)));
                case ORPHANED -> ledger.note(List.of(told(event, false, true)));
                case TASK_ENDS -> update(event, """
                        update task set state = 'failed', reason = 'read_timeout', ending_stage = 'generate',
                            ended_at = submitted_at + interval '61.23 seconds'
                        where id = :id and state = 'accepted'
                        """);
                case TASK_IS_REPLAYED -> update(event, """
                        update task set generation = generation + 1, state = 'accepted', reason = null, ended_at = null,
                            ending_stage = null, delivered_at = null
                        where id = :id and state = 'failed'
                        """);
                case TASK_IS_NOTIFIED -> update(event, """
                        update task set delivered_at = submitted_at + interval '62 seconds', delivery_attempts = 1
                        where id = :id and state = 'failed' and delivered_at is null
                        """);
                case SUMS_ARE_MADE -> rollUps.makeDue(Duration.ofMinutes(1));
            }
        }

        private Call told(Event event, boolean ended, boolean orphaned) {
            Call call = calls.get(event.number());
            return new Call(
                    call.id(),
                    call.taskId(),
                    call.generation(),
                    call.tenant(),
                    call.stage(),
                    call.provider(),
                    call.attempt(),
                    ended ? call.end() : null,
                    orphaned);
        }

        private void update(Event event, String statement) {
            DATABASE.inTransaction(handle -> handle.createUpdate(statement)
                    .bind("id", tasks.get(event.number()))
                    .execute());
        }
    }
}
