package io.pawline.ops.live;

import io.pawline.ops.alerts.Alert;
import io.pawline.ops.alerts.AlertJournal;
import io.pawline.ops.alerts.AlertJournal.Measured;
import io.pawline.ops.alerts.AlertJournal.State;
import io.pawline.ops.alerts.AlertText;
import io.pawline.ops.live.LiveQueries.Standing;
import io.pawline.ops.live.LiveQueries.StoppedCanary;
import io.pawline.ops.live.LiveView.AlertView;
import io.pawline.ops.live.LiveView.ReasonView;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.service.Certificates;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what somebody should look at. {@link AlertJournal} keeps since when an alert fires. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class Alerts {

    private static final Duration LATELY = Duration.ofMinutes(10);
    private static final Duration HOUR = Duration.ofHours(1);

    private static final double SECONDS_OF_A_DAY = Duration.ofDays(1).toSeconds();
    private static final double GIBIBYTE = 1L << 30;

    /** Fewer calls or failures than these say nothing about a share. */
    private static final int ENOUGH = 20;

    private static final Set<String> ACCOUNT = Arrays.stream(Reason.values())
            .filter(reason -> reason.scope() == Reason.Scope.ACCOUNT)
            .map(Reason::code)
            .collect(Collectors.toUnmodifiableSet());

    private final LiveQueries queries;
    private final LiveProcesses processes;
    private final AlertJournal journal;
    private final AlertProperties settings;
    private final Clock clock;
    private final Map<Stage, Instant> goneSince = new EnumMap<>(Stage.class);
    private volatile double undelivered = Double.NaN;
    private volatile double costPerHour = Double.NaN;
    private volatile double stoppedCanaries = Double.NaN;

    Alerts(LiveQueries queries, LiveProcesses processes, AlertJournal journal, AlertProperties settings, Clock clock) {
        this.queries = queries;
        this.processes = processes;
        this.journal = journal;
        this.settings = settings;
        this.clock = clock;
    }

    /** What the alerts ask about the processes of the stages, the readers of ops-service, and what both stand on. */
    interface LiveProcesses {
        /** Returns the instance ids of each stage's processes; empty if that is not known. */
        Optional<Map<Stage, Set<String>>> members();

        /** Returns for how long each reader of ops-service is behind; empty if that is not known. */
        Map<String, Duration> delays();

        /** Returns the fullest disk of the brokers; empty if that is not known. */
        Optional<KafkaDisks.Disk> fullestDisk();

        /** Returns the certificate of ops-service that ends first; empty if it has none. */
        Optional<Certificates.Ending> firstCertificateToEnd();
    }

    /** Measures all alerts, whether they fire or not, and describes them in English. */
    List<AlertView> now() {
        return now("en");
    }

    /** Measures all alerts, whether they fire or not, and describes them in one of {@link AlertText#LANGUAGES}. */
    List<AlertView> now(String language) {
        Instant now = clock.instant();
        Optional<Map<Stage, Set<String>>> members = processes.members();
        List<Measured> measured = List.of(
                unclassified(now),
                amplification(now),
                undelivered(now),
                breakerOpen(now, members),
                account(now),
                stageGone(now, members),
                opsBehind(),
                kafkaDisk(),
                certificate(now),
                costPerHour(now),
                canaryStopped());
        Map<Alert, Instant> since = journal.note(now, measured);
        return measured.stream()
                .map(alert -> view(alert, since.get(alert.alert()), language))
                .toList();
    }

    private static AlertView view(Measured measured, @Nullable Instant since, String language) {
        Alert alert = measured.alert();
        return new AlertView(
                alert.code(),
                since != null,
                Counts.rounded(measured.value()),
                measured.threshold(),
                measured.unit(),
                since,
                measured.detail().in(language),
                alert.severity().code(),
                alert.title(language),
                alert.means(language),
                alert.page());
    }

    /** Returns the number of undelivered callbacks when it was last counted; NaN before that. */
    double undelivered() {
        return undelivered;
    }

    /** Returns what the calls of an hour cost when it was last counted; NaN before that. */
    double costPerHour() {
        return costPerHour;
    }

    /** Returns how many canaries were switched off when that was last counted; NaN before that. */
    double stoppedCanaries() {
        return stoppedCanaries;
    }

    private static Measured measured(
            Alert alert, double value, @Nullable Double threshold, String unit, AlertText detail) {
        State state = threshold != null && value > threshold ? State.FIRES : State.OK;
        return new Measured(alert, state, value, threshold, unit, detail);
    }

    private Measured unclassified(Instant now) {
        List<ReasonView> reasons = reasons(now);
        long all = reasons.stream().mapToLong(ReasonView::count).sum();
        long without = reasons.stream()
                .filter(reason -> reason.reason().equals(Reason.UNCLASSIFIED.code()))
                .mapToLong(ReasonView::count)
                .sum();
        return measured(
                Alert.UNCLASSIFIED,
                all < ENOUGH ? 0 : 100.0 * without / all,
                settings.unclassifiedPercent(),
                "%",
                AlertText.of("unclassified.detail", without, all));
    }

    private Measured amplification(Instant now) {
        Counts all = queries.counts(Live.window(now, LATELY, LiveTopology.SHORT), LiveTopology.SHORT).values().stream()
                .reduce(Counts.NONE, Counts::and);
        return measured(
                Alert.AMPLIFICATION,
                all.calls() < ENOUGH ? 1 : all.amplification(),
                settings.amplification(),
                "x",
                AlertText.of("amplification.detail", all.calls(), all.tasks()));
    }

    private Measured undelivered(Instant now) {
        long tasks = queries.undelivered(now.minus(settings.undeliveredAfter()), now);
        undelivered = tasks;
        return measured(
                Alert.UNDELIVERED,
                (double) tasks,
                (double) settings.undelivered(),
                "tasks",
                AlertText.of(
                        "undelivered.detail", tasks, settings.undeliveredAfter().toMinutes()));
    }

    private Measured breakerOpen(Instant now, Optional<Map<Stage, Set<String>>> members) {
        Optional<Map.Entry<String, Standing>> longest = queries.standings(now, members).entrySet().stream()
                .filter(stage -> stage.getValue().breaker() != null
                        && !stage.getValue().breaker().equals("closed")
                        && stage.getValue().breakerSince() != null)
                .min(Comparator.comparing(stage ->
                        Optional.ofNullable(stage.getValue().breakerSince()).orElse(now)));
        double minutes = longest.map(stage -> stage.getValue().breakerSince())
                .map(since -> minutes(since, now))
                .orElse(0.0);
        return measured(
                Alert.BREAKER_OPEN,
                minutes,
                settings.breakerOpen().toMillis() / 60_000.0,
                "min",
                longest.map(stage -> AlertText.of(
                                "breaker_open.detail", stage.getValue().provider(), stage.getKey()))
                        .orElseGet(() -> AlertText.of("breaker_open.ok")));
    }

    private Measured account(Instant now) {
        List<ReasonView> failed = reasons(now).stream()
                .filter(reason -> ACCOUNT.contains(reason.reason()))
                .toList();
        return measured(
                Alert.ACCOUNT,
                (double) failed.stream().mapToLong(ReasonView::count).sum(),
                0.0,
                "calls",
                failed.isEmpty()
                        ? AlertText.of("account.ok")
                        : AlertText.joined(failed.stream()
                                .map(reason ->
                                        AlertText.of("account.detail", reason.count(), reason.stage(), reason.reason()))
                                .toList()));
    }

    private synchronized Measured stageGone(Instant now, Optional<Map<Stage, Set<String>>> members) {
        members.ifPresent(known -> {
            for (Stage stage : Stage.values()) {
                if (known.getOrDefault(stage, Set.of()).isEmpty()) {
                    goneSince.putIfAbsent(stage, now);
                } else {
                    goneSince.remove(stage);
                }
            }
        });
        double threshold = settings.stageGone().toMillis() / 60_000.0;
        double longest = goneSince.values().stream()
                .mapToDouble(since -> minutes(since, now))
                .max()
                .orElse(0);
        // A process that has just started does not know for how long a stage has been gone
        State state = longest > threshold
                ? State.FIRES
                : members.isEmpty() || !goneSince.isEmpty() ? State.UNKNOWN : State.OK;
        return new Measured(
                Alert.STAGE_GONE,
                state,
                longest,
                threshold,
                "min",
                goneSince.isEmpty()
                        ? AlertText.of(members.isEmpty() ? "kafka.unknown" : "stage_gone.ok")
                        : AlertText.of(
                                "stage_gone.detail",
                                goneSince.keySet().stream().map(Stage::code).collect(Collectors.joining(", "))));
    }

    private Measured opsBehind() {
        Map<String, Duration> delays = processes.delays();
        double threshold = settings.behind().toMillis() / 1_000.0;
        Optional<Map.Entry<String, Duration>> longest =
                delays.entrySet().stream().max(Map.Entry.comparingByValue());
        double seconds =
                longest.map(delay -> delay.getValue().toMillis() / 1_000.0).orElse(0.0);
        State state = longest.isEmpty() ? State.UNKNOWN : seconds > threshold ? State.FIRES : State.OK;
        return new Measured(
                Alert.OPS_BEHIND,
                state,
                seconds,
                threshold,
                "s",
                longest.map(delay -> delay.getValue().isZero()
                                ? AlertText.of("ops_behind.ok")
                                : AlertText.of("ops_behind.detail", AlertText.of("reader." + delay.getKey())))
                        .orElseGet(() -> AlertText.of("kafka.unknown")));
    }

    private Measured kafkaDisk() {
        return processes
                .fullestDisk()
                .map(disk -> measured(
                        Alert.KAFKA_DISK,
                        disk.usedPercent(),
                        settings.kafkaDiskPercent(),
                        "%",
                        AlertText.of("kafka_disk.detail", Integer.toString(disk.broker()), disk.usable() / GIBIBYTE)))
                .orElseGet(() -> new Measured(
                        Alert.KAFKA_DISK,
                        State.UNKNOWN,
                        0,
                        settings.kafkaDiskPercent(),
                        "%",
                        AlertText.of("kafka_disk.unknown")));
    }

    private Measured certificate(Instant now) {
        double threshold = settings.certificateDays();
        return processes
                .firstCertificateToEnd()
                .map(first -> {
                    double days = Duration.between(now, first.at()).toSeconds() / SECONDS_OF_A_DAY;
                    return new Measured(
                            Alert.CERTIFICATE,
                            days < threshold ? State.FIRES : State.OK,
                            Math.max(0, days),
                            threshold,
                            "days left",
                            AlertText.of(
                                    "certificate.detail",
                                    AlertText.of("certificate." + first.use().code()),
                                    first.at().truncatedTo(ChronoUnit.MINUTES).toString()));
                })
                .orElseGet(() -> new Measured(
                        Alert.CERTIFICATE, State.OK, 0, threshold, "days left", AlertText.of("certificate.none")));
    }

    private Measured costPerHour(Instant now) {
        long micros = queries.counts(Live.window(now, HOUR, LiveTopology.LONG), LiveTopology.LONG).values().stream()
                .mapToLong(Counts::costMicros)
                .sum();
        costPerHour = micros / 1e6;
        return measured(
                Alert.COST_PER_HOUR,
                micros / 1e6,
                settings.costPerHour() == null ? null : settings.costPerHour().doubleValue(),
                "per hour",
                AlertText.of(settings.costPerHour() == null ? "cost_per_hour.no_threshold" : "cost_per_hour.detail"));
    }

    private Measured canaryStopped() {
        List<StoppedCanary> stopped = queries.stoppedCanaries();
        stoppedCanaries = stopped.size();
        return measured(
                Alert.CANARY_STOPPED,
                stoppedCanaries,
                0.0,
                "providers",
                stopped.isEmpty()
                        ? AlertText.of("canary_stopped.ok")
                        : AlertText.joined(stopped.stream()
                                .map(canary -> AlertText.of(
                                        "canary_stopped.detail", canary.provider(), canary.stage(), canary.why()))
                                .toList()));
    }

    private List<ReasonView> reasons(Instant now) {
        return queries.reasons(Live.window(now, LATELY, LiveTopology.SHORT), LiveTopology.SHORT);
    }

    private static double minutes(Instant since, Instant now) {
        return Duration.between(since, now).toMillis() / 60_000.0;
    }
}
