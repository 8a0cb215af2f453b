package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.live.LiveView.AlertView;
import io.pawline.schemas.Reason;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AlertsIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();

    private Instant now = TestingTasks.NOW.plus(Duration.ofHours(1));
    private final LiveStore store =
            new LiveStore(DATABASE, Duration.ofDays(30), ((InstantSource) () -> now).withZone(ZoneOffset.UTC));
    private final Alerts alerts = alerts(
            new AlertProperties(1, 1.35, 0, Duration.ofMinutes(10), Duration.ofMinutes(5), new BigDecimal("10")));

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate live_window, stage_process, alert, task"));
    }

    @Test
    void noneFiresWhenAllIsWell() {
        happened(100, 100, Map.of("overloaded", 30L), 0);

        assertThat(firing()).isEmpty();
    }

    @Test
    void oneFiresAboveItsThresholdAndNotAtIt() {
        happened(100, 100, Map.of("overloaded", 99L, "unclassified", 1L), 0);
        assertThat(firing()).isEmpty();

        happened(100, 100, Map.of("overloaded", 98L, "unclassified", 2L), 0);
        assertThat(firing()).containsExactly("unclassified");

        happened(100, 136, Map.of(), 0);
        assertThat(firing()).containsExactly("amplification");
    }

    @Test
    void theCostOfAnHourIsCompared() {
        happened(100, 100, Map.of(), 10_000_001);

        assertThat(firing()).containsExactly("cost_per_hour");
        assertThat(alerts(new AlertProperties(1, 1.35, 0, Duration.ofMinutes(10), Duration.ofMinutes(5), null))
                        .now())
                .as("no threshold is set")
                .noneMatch(AlertView::firing);
    }

    @Test
    void aFinalStateThatIsNotDeliveredInTimeFires() {
        TaskDao tasks = new TaskDao(DATABASE);
        Submission notified = TestingTasks.submission();
        Submission notNotified = TestingTasks.submission();
        Submission wantsNoCallback = TestingTasks.submission(null);
        List.of(notified, notNotified, wantsNoCallback).forEach(task -> {
            tasks.accept(task);
            tasks.close(task.id(), 1, TestingTasks.failure(Reason.NO_PET));
        });
        DATABASE.with(handle -> handle.execute(
                "update task set delivered_at = ended_at where id = ?",
                notified.id().value()));
        now = TestingTasks.NOW.plusSeconds(5).plus(Duration.ofMinutes(10));
        assertThat(firing()).isEmpty();

        now = now.plusMillis(1);
        assertThat(firing()).containsExactly("undelivered");
    }

    @Test
    void aBreakerThatStaysOpenFiresThoughProbesPass() {
        breaker("open", now);
        now = now.plus(Duration.ofMinutes(5));
        breaker("half_open", now.minus(Duration.ofMinutes(5)));
        assertThat(firing()).isEmpty();

        now = now.plusSeconds(1);
        assertThat(firing()).containsExactly("breaker_open");

        breaker("closed", now);
        assertThat(firing()).isEmpty();
    }

    @Test
    void sinceWhenItFiresIsKeptUntilItFiresNoMore() {
        breaker("open", now);
        now = now.plus(Duration.ofMinutes(6));
        Instant began = now;
        assertThat(since("breaker_open")).isEqualTo(began);

        now = now.plus(Duration.ofMinutes(1));
        Alerts ofAnotherProcess =
                alerts(new AlertProperties(1, 1.35, 0, Duration.ofMinutes(10), Duration.ofMinutes(5), null));
        assertThat(ofAnotherProcess.now()).anyMatch(alert -> began.equals(alert.since()));
        assertThat(since("breaker_open")).isEqualTo(began);

        breaker("closed", now);
        assertThat(firing()).isEmpty();
        breaker("open", now);
        now = now.plus(Duration.ofMinutes(6));
        assertThat(since("breaker_open")).isEqualTo(now);
    }

    private Alerts alerts(AlertProperties settings) {
        return new Alerts(
                DATABASE, new LiveQueries(DATABASE), settings, ((InstantSource) () -> now).withZone(ZoneOffset.UTC));
    }

    private List<String> firing() {
        return alerts.now().stream()
                .filter(AlertView::firing)
                .map(AlertView::name)
                .toList();
    }

    private @Nullable Instant since(String name) {
        return alerts.now().stream()
                .filter(AlertView::firing)
                .collect(Collectors.toMap(AlertView::name, alert -> Objects.requireNonNull(alert.since())))
                .get(name);
    }

    private void happened(long tasks, long calls, Map<String, Long> reasons, long costMicros) {
        DATABASE.with(handle -> handle.execute("truncate live_window"));
        long failures = reasons.values().stream().mapToLong(Long::longValue).sum();
        for (Duration span : List.of(LiveTopology.SHORT, LiveTopology.LONG)) {
            store.keep(List.of(LiveUpdate.of(
                    "generate",
                    span,
                    now.minusSeconds(60),
                    new WindowTotals(1, tasks, calls, calls - failures, failures, 0, costMicros, reasons, Map.of()))));
        }
    }

    private void breaker(String state, Instant since) {
        store.keep(List.of(LiveUpdate.of("generate", new InstanceState("one", "seedream", now, 0, 8, state, since))));
    }
}
