package io.pawline.ops.live;

import io.pawline.controls.ControlStateReader;
import io.pawline.controls.FleetState;
import io.pawline.controls.FleetState.Fleet;
import io.pawline.controls.FleetStateReader;
import io.pawline.ops.http.Period;
import io.pawline.ops.live.ConsumerLag.Lag;
import io.pawline.ops.live.LiveQueries.Latency;
import io.pawline.ops.live.LiveQueries.ProviderStanding;
import io.pawline.ops.live.LiveQueries.Standing;
import io.pawline.ops.live.LiveView.ProviderView;
import io.pawline.ops.live.LiveView.SharesView;
import io.pawline.ops.live.LiveView.StageView;
import io.pawline.ops.live.LiveView.Totals;
import io.pawline.schemas.Stage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts together what happens now. The answer is cached for one second. Thread-safe. */
final class Live {

    /** The names of the readers that make the live figures. */
    static final String LIVE_COUNT = "live_count";

    static final String LIVE_TABLES = "live_tables";

    private static final Duration GOOD_FOR = Duration.ofSeconds(1);

    /** Percentiles are read from the calls themselves, so they are of this time at most. */
    private static final Duration LATENCIES = Duration.ofMinutes(5);

    private final LiveQueries queries;
    private final Alerts alerts;
    private final ConsumerLag lags;
    private final Alerts.LiveProcesses processes;
    private final ControlStateReader controls;
    private final FleetStateReader fleets;
    private final Clock clock;
    private final Map<Question, LiveView> answers = new HashMap<>();

    Live(
            LiveQueries queries,
            Alerts alerts,
            ConsumerLag lags,
            Alerts.LiveProcesses processes,
            ControlStateReader controls,
            FleetStateReader fleets,
            Clock clock) {
        this.queries = queries;
        this.alerts = alerts;
        this.lags = lags;
        this.processes = processes;
        this.controls = controls;
        this.fleets = fleets;
        this.clock = clock;
    }

    /** The time up to now that counts are of. */
    enum Window {
        MINUTE("1m", Duration.ofMinutes(1), LiveTopology.SHORT),
        QUARTER("15m", Duration.ofMinutes(15), LiveTopology.SHORT),
        HOUR("1h", Duration.ofHours(1), LiveTopology.LONG),
        SIX_HOURS("6h", Duration.ofHours(6), LiveTopology.LONG);

        static final String[] NAMES =
                Arrays.stream(values()).map(window -> window.code).toArray(String[]::new);

        private final String code;
        private final Duration length;
        private final Duration span;

        Window(String code, Duration length, Duration span) {
            this.code = code;
            this.length = length;
            this.span = span;
        }

        /** Finds the window of a name of {@link #NAMES}. */
        static Window of(String name) {
            return values()[List.of(NAMES).indexOf(name)];
        }
    }

    private record Question(Window window, String language) {}

    /** Gives the live view, one second old at most. */
    synchronized LiveView now(Window window, String language) throws InterruptedException {
        Instant now = clock.instant();
        Question question = new Question(window, language);
        @Nullable LiveView known = answers.get(question);
        if (known == null || known.at().plus(GOOD_FOR).isBefore(now)) {
            known = at(now, window, language);
            answers.put(question, known);
        }
        return known;
    }

    private LiveView at(Instant now, Window chosen, String language) throws InterruptedException {
        Duration span = chosen.span;
        Period window = window(now, chosen.length, span);
        Map<String, Counts> counts = queries.counts(window, span);
        Map<String, Integer> inFlight = queries.inFlight(now);
        Map<String, Latency> latencies = queries.latencies(latest(window.from(), now.minus(LATENCIES)));
        Map<String, Standing> standings = queries.standings(now, processes.members());
        Map<String, List<ProviderStanding>> providers = queries.providers(now, processes.members());
        Optional<Map<Stage, Lag>> behind = lags.now();
        Map<String, List<Fleet>> shares = fleets.fleets().stream().collect(Collectors.groupingBy(Fleet::stage));
        double seconds = Math.max(1, Duration.between(window.from(), now).toMillis() / 1_000.0);
        List<StageView> stages = Arrays.stream(Stage.values())
                .map(stage -> stage(
                        stage,
                        counts.getOrDefault(stage.code(), Counts.NONE),
                        seconds,
                        inFlight.getOrDefault(stage.code(), 0),
                        standings.get(stage.code()),
                        latencies.get(stage.code()),
                        behind.map(all -> all.get(stage)).orElse(null),
                        providers.getOrDefault(stage.code(), List.of()),
                        shares.getOrDefault(stage.code(), List.of())))
                .toList();
        return new LiveView(
                now,
                Math.toIntExact(chosen.length.toSeconds()),
                staleSeconds(processes.delays()),
                stages,
                totals(counts, queries.finalStates(window, span), inFlight),
                queries.reasons(window, span),
                alerts.now(language));
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** The figures wait for the count, and then for the tables that the count is read into. */
    private static @Nullable Double staleSeconds(Map<String, Duration> delays) {
        Duration count = delays.get(LIVE_COUNT);
        Duration tables = delays.get(LIVE_TABLES);
        return count == null || tables == null ? null : count.plus(tables).toMillis() / 1_000.0;
    }

    /** Makes the period of this length up to now, with the span that is not over yet. */
    static Period window(Instant now, Duration length, Duration span) {
        long seconds = span.toSeconds();
        Instant end = Instant.ofEpochSecond(now.getEpochSecond() / seconds * seconds + seconds);
        return new Period(end.minus(length), end);
    }

    private StageView stage(
            Stage stage,
            Counts counts,
            double seconds,
            int inFlight,
            @Nullable Standing standing,
            @Nullable Latency latency,
            @Nullable Lag lag,
            List<ProviderStanding> providers,
            List<Fleet> shares) {
        String provider = standing == null ? null : standing.provider();
        Instant coolDown = provider == null ? Instant.EPOCH : controls.coolDownUntil(provider);
        boolean coolsDown = coolDown.isAfter(clock.instant());
        return new StageView(
                stage.code(),
                provider,
                inFlight,
                standing == null ? null : standing.limit(),
                standing == null ? 0 : standing.processes(),
                standing == null ? null : standing.breaker(),
                standing == null ? null : standing.breakerSince(),
                controls.paused(stage),
                coolsDown ? coolDown : null,
                StageWait.decide(
                        lag == null ? null : lag.net() - inFlight,
                        controls.paused(stage),
                        coolsDown,
                        standing == null ? null : standing.breaker(),
                        inFlight,
                        standing == null ? null : standing.limit(),
                        shares.stream()
                                .filter(of -> of.provider().equals(provider))
                                .anyMatch(Live::isHeldByItsRate)),
                lag == null ? null : lag.work(),
                lag == null ? null : lag.net(),
                lag == null ? null : lag.retries(),
                Counts.rounded(counts.calls() / seconds),
                counts.tasks(),
                counts.calls(),
                counts.succeeded(),
                counts.failures(),
                counts.retries(),
                counts.timeouts(),
                counts.amplification(),
                counts.cost(),
                latency == null ? null : latency.p50(),
                latency == null ? null : latency.p95(),
                providers.stream().map(this::provider).toList(),
                shares.stream().map(SharesView::of).toList());
    }

    private static boolean isHeldByItsRate(Fleet fleet) {
        return fleet.rate() > 0
                && fleet.sum(FleetState.Member::wanted)
                        > fleet.sum(FleetState.Member::inFlight) + fleet.sum(FleetState.Member::ghosts);
    }

    private ProviderView provider(ProviderStanding standing) {
        Instant coolDown = controls.coolDownUntil(standing.provider());
        return new ProviderView(
                standing.provider(),
                standing.limit(),
                standing.breaker(),
                coolDown.isAfter(clock.instant()) ? coolDown : null,
                controls.off(standing.provider()));
    }

    private static Totals totals(
            Map<String, Counts> counts, Map<String, Long> finalStates, Map<String, Integer> inFlight) {
        Counts all = counts.values().stream().reduce(Counts.NONE, Counts::and);
        return new Totals(
                counts.getOrDefault(Stage.DETECT.code(), Counts.NONE).tasks(),
                all.calls(),
                all.amplification(),
                all.retryShare(),
                all.failures(),
                all.timeouts(),
                all.cost(),
                finalStates.values().stream().mapToLong(Long::longValue).sum(),
                finalStates.getOrDefault("success", 0L),
                inFlight.values().stream().mapToInt(Integer::intValue).sum());
    }
}
