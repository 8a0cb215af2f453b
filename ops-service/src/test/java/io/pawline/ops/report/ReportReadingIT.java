package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.http.Period;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.ops.report.Report.Example;
import io.pawline.ops.report.ReportCost.Waste;
import io.pawline.ops.report.ReportCost.Wasted;
import io.pawline.ops.report.TestingLedger.Row;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPlans;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calls of a period are read once, in parts, and what belongs to single ones is found by its key. */
class ReportReadingIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();
    private static final Period PERIOD = new Period(TestingLedger.FROM, TestingLedger.TO);

    private final TestingLedger ledger = new TestingLedger(DATABASE, 1);
    private final Reports reports = new Reports(DATABASE, 1.35, Clock.fixed(TestingLedger.TO, ZoneOffset.UTC));

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate call_attempt, task"));
    }

    @Test
    void whatWasSpentInVainDependsOnTheTask() {
        List<Call> calls = new ArrayList<>();
        for (String state : List.of("success", "success", "failed", "expired", "cancelled", "accepted")) {
            Row task = add(state, 1);
            calls.add(succeeded(task, 1, 10));
        }
        Row replayed = add("success", 2);
        calls.add(succeeded(replayed, 1, 20));
        calls.add(succeeded(replayed, 2, 21));
        Row expiredLater = add("expired", 2);
        calls.add(succeeded(expiredLater, 1, 30));
        ledger.note(calls);

        Map<Waste, Long> wasted =
                reports.of(PERIOD).cost().waste().stream().collect(Collectors.toMap(Wasted::why, Wasted::calls));

        assertThat(wasted).isEqualTo(Map.of(Waste.EXPIRED, 1L, Waste.UNSUCCESSFUL, 4L));
    }

    @Test
    void anExampleIsTheNewestCallOfItsCause() {
        Row task = add("failed", 1);
        Call newest = failed(task, 3, 30);
        ledger.note(List.of(failed(task, 1, 10), newest, failed(task, 2, 20)));

        assertThat(reports.of(PERIOD).examples())
                .containsExactly(new Example(
                        "generate",
                        "seedream",
                        "read_timeout",
                        newest.startedAt(),
                        task.id(),
                        3,
                        "wait",
                        504,
                        "Gateway",
                        "request-3",
                        3_000L));
    }

    @Test
    void anExampleIsNotSearchedAmongOtherCalls() throws Exception {
        Row task = add("success", 1);
        ledger.note(List.of(failed(task, 1, 0)));
        ledger.note(
                IntStream.range(1, 2_000).mapToObj(i -> succeeded(task, 1, i)).toList());
        DATABASE.jdbi().useHandle(handle -> handle.execute("vacuum analyze call_attempt"));
        TestingPlans plans = new TestingPlans(DATABASE);

        TestingPlans.Cost cost = plans.of(() -> reports.of(PERIOD));

        assertThat(cost.sequential()).as(cost.plans()).isEmpty();
        assertThat(cost.removed()).as(cost.plans()).isLessThan(10);
    }

    @Test
    void callsComeInTheOrderOfAnIndex() throws Exception {
        ledger.fill(100);
        DATABASE.jdbi().useHandle(handle -> handle.execute("vacuum analyze call_attempt"));
        TestingPlans plans = new TestingPlans(DATABASE);

        String all = plans.of(() -> reports.of(PERIOD)).plans();

        String calls = Arrays.stream(all.split("(?=select call_id)"))
                .filter(plan -> plan.contains("order by task_id"))
                .findFirst()
                .orElseThrow();
        String plan = calls.substring(0, Math.max(calls.indexOf("select ", 1), 0) + 1);
        assertThat(plan).contains("from call_attempt", "Index Scan").doesNotContain("Sort");
    }

    @Test
    void aLongReadingIsGivenUp() {
        Row task = add("success", 1);
        ledger.note(
                IntStream.range(0, 5_001).mapToObj(i -> succeeded(task, 1, i)).toList());
        AtomicInteger asked = new AtomicInteger();
        InstantSource slow = () -> TestingLedger.TO.plusSeconds(asked.getAndIncrement() * 9L);

        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .as("longer than %s", DATABASE.longestStatement())
                .isThrownBy(() -> new Reports(DATABASE, 1.35, slow.withZone(ZoneOffset.UTC)).of(PERIOD));
        assertThat(reports.of(PERIOD).cascade().calls()).as("the next one").isEqualTo(5_001);
        assertThat(DATABASE.longestStatement()).isEqualTo(Duration.ofSeconds(8));
    }

    private Row add(String state, int generation) {
        Instant submitted = TestingLedger.FROM.plusSeconds(5);
        UUID id = TaskId.at(submitted).value();
        Row task = new Row(id, submitted, state, true, generation, false);
        ledger.add(task);
        return task;
    }

    private static Call succeeded(Row task, int generation, int second) {
        Instant at = TestingLedger.FROM.plusSeconds(second);
        return call(
                task,
                generation,
                1,
                at,
                new Call.End(at.plusMillis(10), "succeeded", null, "done", 200, null, null, 10L, null, "yes"));
    }

    private static Call failed(Row task, int attempt, int second) {
        Instant at = TestingLedger.FROM.plusSeconds(second);
        return call(
                task,
                1,
                attempt,
                at,
                new Call.End(
                        at.plusMillis(3_000),
                        "failed",
                        "read_timeout",
                        "wait",
                        504,
                        "Gateway",
                        "request-" + attempt,
                        3_000L,
                        null,
                        "no"));
    }

    private static Call call(Row task, int generation, int attempt, Instant at, Call.End end) {
        return new Call(
                TestingCallIds.idAt(at), task.id(), generation, "default", "generate", "seedream", attempt, end, false);
    }
}
