package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.alerts.AlertJournal;
import io.pawline.ops.live.LiveView.AlertView;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.service.Certificates;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
    private Optional<Map<Stage, Set<String>>> members = Optional.of(staffedBy("one"));
    private Map<String, Duration> delays = Map.of("ledger", Duration.ZERO);
    private Optional<KafkaDisks.Disk> disk = Optional.of(new KafkaDisks.Disk(2, 100L << 30, 50L << 30));
    private Optional<Certificates.Ending> certificate = Optional.empty();
    private final Alerts alerts = alerts(settings(new BigDecimal("10")));

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(
                handle -> handle.execute(
                        "truncate canary, canary_task, live_window, stage_process, alert, alert_history, alert_notification, task, dead_letter cascade"));
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
        assertThat(alerts(settings(null)).now()).as("no threshold is set").noneMatch(AlertView::firing);
    }

    @Test
    void aCanaryThatWasSwitchedOffFires() {
        String canary = """
                insert into canary (stage, provider, share, began_at, last_at, verdict, decided_at, why, switched_off_at)
                values ('generate', ?, 0.05, now(), now(), ?, now(), '9 of 40 results are bad', ?)
                """;
        DATABASE.with(handle -> handle.execute(canary, "good", "as_good", null));
        DATABASE.with(handle -> handle.execute(canary, "being-switched-off", "worse", null));
        assertThat(firing()).isEmpty();

        DATABASE.with(handle -> handle.execute(canary, "new-model", "worse", now.atOffset(ZoneOffset.UTC)));
        assertThat(firing()).containsExactly("canary_stopped");
        assertThat(alerts.now().getLast().detail()).isEqualTo("new-model of generate: 9 of 40 results are bad");
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
    void whatNobodyCanDeliverAnyMoreDoesNotFire() {
        TaskDao tasks = new TaskDao(DATABASE);
        Submission gone = TestingTasks.submission();
        Submission discarded = TestingTasks.submission();
        List.of(gone, discarded).forEach(task -> {
            tasks.accept(task);
            tasks.close(task.id(), 1, TestingTasks.success());
        });
        tasks.recordDeliveryFailure(gone.id(), 1, now, Reason.CALLBACK_GONE, "The receiver answered 410.");
        tasks.recordDeliveryFailure(discarded.id(), 1, now, Reason.CALLBACK_REFUSED, "The receiver answered 500.");
        now = TestingTasks.NOW.plus(Duration.ofDays(1));
        assertThat(firing()).containsExactly("undelivered");

        DATABASE.with(handle -> handle.execute("""
                insert into dead_letter (topic, partition, record_offset, stage, reason, detail, failed_at, attempts,
                    task_id, generation, state)
                values ('pawline.callback.dlt', 0, 0, 'callback', 'callback_refused', '', now(), 9, ?, 1, 'discarded')
                """, discarded.id().value()));
        assertThat(firing()).isEmpty();
    }

    @Test
    void theOpenBreakerOfAProcessThatIsGoneDoesNotFire() {
        breaker("open", now);
        now = now.plus(Duration.ofMinutes(6));
        assertThat(firing()).containsExactly("breaker_open");

        members = Optional.of(staffedBy("another"));
        assertThat(firing()).as("the pod was replaced").isEmpty();

        members = Optional.of(staffedBy("one"));
        assertThat(firing())
                .as("it is there, and silent because its breaker is open")
                .containsExactly("breaker_open");
        members = Optional.empty();
        assertThat(firing()).as("Kafka does not answer").containsExactly("breaker_open");
    }

    @Test
    void aKeyThatIsRefusedFiresAtOnce() {
        happened(100, 100, Map.of("authentication", 1L), 0);

        assertThat(firing()).containsExactly("account");
    }

    @Test
    void aStageWithoutAProcessFiresAfterSomeMinutes() {
        members = Optional.of(Map.of(Stage.DETECT, Set.of("one")));
        assertThat(firing()).isEmpty();
        now = now.plus(Duration.ofMinutes(5));
        assertThat(firing()).isEmpty();

        now = now.plusSeconds(1);
        assertThat(firing()).containsExactly("stage_gone");
        assertThat(detail("stage_gone")).isEqualTo("no process of generate, matting, finalize, callback");

        members = Optional.empty();
        assertThat(firing()).as("Kafka does not answer").containsExactly("stage_gone");
        members = Optional.of(Map.of());
        assertThat(alerts(settings(null)).now())
                .as("a process that has just started leaves it as it is")
                .anyMatch(alert -> alert.firing() && alert.name().equals("stage_gone"));
        members = Optional.of(staffedBy("one"));
        assertThat(firing()).isEmpty();
    }

    @Test
    void aReaderThatIsBehindFires() {
        delays = Map.of("ledger", Duration.ofMinutes(2), "live_count", Duration.ZERO);
        assertThat(firing()).isEmpty();

        delays = Map.of("ledger", Duration.ofSeconds(121), "live_count", Duration.ZERO);
        assertThat(firing()).containsExactly("ops_behind");
        assertThat(detail("ops_behind")).isEqualTo("longest behind: ledger");

        delays = Map.of();
        assertThat(firing()).as("Kafka does not answer").containsExactly("ops_behind");
    }

    @Test
    void aDiskOfKafkaThatIsNearlyFullFires() {
        disk = Optional.of(new KafkaDisks.Disk(2, 100L << 30, 20L << 30));
        assertThat(firing()).isEmpty();

        disk = Optional.of(new KafkaDisks.Disk(2, 100L << 30, 39L << 29));
        assertThat(firing()).containsExactly("kafka_disk");
        assertThat(detail("kafka_disk")).isEqualTo("the fullest is of broker 2, with 19.5 GiB free");

        disk = Optional.empty();
        assertThat(firing()).as("no broker says").containsExactly("kafka_disk");
    }

    @Test
    void aCertificateThatEndsSoonFires() {
        Instant end = now.plus(Duration.ofDays(14));
        certificate = Optional.of(new Certificates.Ending(Certificates.Use.DATABASE_CA, end));
        assertThat(firing()).isEmpty();

        now = now.plusSeconds(1);
        assertThat(firing()).containsExactly("certificate");
        assertThat(detail("certificate")).startsWith("the authority of the database ends at 20");

        certificate = Optional.empty();
        assertThat(firing()).isEmpty();
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
        Alerts ofAnotherProcess = alerts(settings(null));
        assertThat(ofAnotherProcess.now()).anyMatch(alert -> began.equals(alert.since()));
        assertThat(since("breaker_open")).isEqualTo(began);

        breaker("closed", now);
        assertThat(firing()).isEmpty();
        breaker("open", now);
        now = now.plus(Duration.ofMinutes(6));
        assertThat(since("breaker_open")).isEqualTo(now);
    }

    private static AlertProperties settings(@Nullable BigDecimal costPerHour) {
        Duration minutes = Duration.ofMinutes(5);
        return new AlertProperties(
                1, 1.35, 0, Duration.ofMinutes(10), minutes, minutes, Duration.ofMinutes(2), 80, 14, costPerHour);
    }

    private Alerts alerts(AlertProperties settings) {
        Alerts.LiveProcesses processes = new Alerts.LiveProcesses() {
            @Override
            public Optional<Map<Stage, Set<String>>> members() {
                return members;
            }

            @Override
            public Map<String, Duration> delays() {
                return delays;
            }

            @Override
            public Optional<KafkaDisks.Disk> fullestDisk() {
                return disk;
            }

            @Override
            public Optional<Certificates.Ending> firstCertificateToEnd() {
                return certificate;
            }
        };
        return new Alerts(
                new LiveQueries(DATABASE),
                processes,
                new AlertJournal(DATABASE, Map.of()),
                settings,
                ((InstantSource) () -> now).withZone(ZoneOffset.UTC));
    }

    private static Map<Stage, Set<String>> staffedBy(String instance) {
        return Arrays.stream(Stage.values()).collect(Collectors.toMap(stage -> stage, _ -> Set.of(instance)));
    }

    private String detail(String name) {
        return alerts.now().stream()
                .filter(alert -> alert.name().equals(name))
                .findFirst()
                .orElseThrow()
                .detail();
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
