package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.http.Period;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingHistory;
import io.pawline.taskstore.TestingPlans;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A report costs by its period, however long the history is. */
class ReportCostIT {

    private static final int TASKS = 60_000;
    private static final Instant FROM = Instant.parse("2026-10-14T00:00:00Z");
    private static final Duration SPAN = Duration.ofDays(40);

    private static final TaskDatabase DATABASE = TestingDatabase.open();

    @BeforeAll
    static void start() {
        TestingHistory.add(DATABASE, TASKS, FROM, SPAN);
        new TestingLedger(DATABASE, 7).fill(200);
        DATABASE.jdbi().useHandle(handle -> handle.execute("vacuum analyze call_attempt"));
    }

    @AfterAll
    static void stop() {
        DATABASE.close();
    }

    @Test
    void aReportCostsByItsPeriod() throws Exception {
        TestingPlans plans = new TestingPlans(DATABASE);
        Reports reports = new Reports(DATABASE, 1.35, Clock.systemUTC());
        Instant day = FROM.plus(Duration.ofDays(17));

        TestingPlans.Cost minutes = plans.of(() -> reports.of(new Period(day, day.plus(Duration.ofMinutes(22)))));
        TestingPlans.Cost hours = plans.of(() -> reports.of(new Period(day, day.plus(Duration.ofHours(22)))));

        assertThat(minutes.sequential()).as(minutes.plans()).isEmpty();
        assertThat(hours.sequential()).as(hours.plans()).isEmpty();
        assertThat(minutes.removed()).isLessThan(100);
        // 23 tasks and 1,375, read five times
        assertThat(minutes.blocks()).as(minutes.plans()).isLessThan(5 * 23 * 2 + 300);
        assertThat(hours.blocks()).as(hours.plans()).isLessThan(5 * 1_375 * 2 + 300);
    }

    @Test
    void theTasksOfCallsAreLookedUpByTheirKeys() throws Exception {
        TestingPlans plans = new TestingPlans(DATABASE);
        Reports reports = new Reports(DATABASE, 1.35, Clock.systemUTC());

        TestingPlans.Cost cost = plans.of(() -> reports.of(new Period(TestingLedger.FROM, TestingLedger.TO)));

        assertThat(cost.sequential()).as(cost.plans()).isEmpty();
        // The calls of the period themselves, in the search for an example of each cause
        assertThat(cost.removed()).as(cost.plans()).isLessThan(10_000);
        assertThat(cost.blocks()).as(cost.plans()).isLessThan(30_000);
    }
}
