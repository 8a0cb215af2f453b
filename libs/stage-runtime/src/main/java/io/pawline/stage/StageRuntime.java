package io.pawline.stage;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.LimitMessage;
import io.pawline.service.EventFormat;
import io.pawline.stage.budget.BudgetChannel;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.channel.MessageChannel;
import io.pawline.stage.codec.Codec;
import io.pawline.stage.fleet.FleetChannel;
import io.pawline.stage.ledger.Ledger;
import io.pawline.stage.metrics.Backlog;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.FleetMember;
import io.pawline.stage.provider.FleetNode;
import io.pawline.stage.provider.FleetPolicy;
import io.pawline.stage.provider.FleetShare;
import io.pawline.stage.provider.LiveStageControls;
import io.pawline.stage.provider.ProviderChain;
import io.pawline.stage.provider.ReceiverLimiters;
import io.pawline.stage.provider.StageControls;
import io.pawline.stage.session.OutcomeResolver;
import io.pawline.stage.session.StageSession;
import io.pawline.stage.session.TaskExecution;
import io.pawline.stage.tracing.StageTracing;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a stage: takes its records, gives each to the handler on a virtual thread, and publishes what comes of it
 * exactly once. If a session with the broker fails, another one begins. So a broker that goes and comes back needs no
 * restart. Thread-safe.
 */
public final class StageRuntime<I> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StageRuntime.class);
    private static final Duration BETWEEN_SESSIONS = Duration.ofSeconds(1);

    /** A poll thread that takes longer than this to come round, beyond a drain, is stuck. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(60);

    /** A stop takes at most so long beyond the drain time. The chart's grace period is a minute beyond the drain. */
    private static final Duration STOP_BEYOND_DRAIN = Duration.ofSeconds(45);

    /** That much of it is left for the clients that outlive a session. */
    private static final Duration CLOSE_CLIENTS = Duration.ofSeconds(15);

    /** Records of each kind may take so much memory by default: a sixteenth of the heap. */
    private static final long MEMORY_OF_RECORDS = Runtime.getRuntime().maxMemory() / 16;

    private final StageSpec<I> spec;
    private final Fairness fairness;
    private final long memory;
    private final StageClients clients;
    private final Scheduler scheduler;
    private final Clock clock;
    private final StageMetrics metrics;
    private final Backlog backlog = new Backlog();
    private final LiveStageControls controls;
    private final ProviderChain chain;
    private final List<MessageChannel<?>> channels = new ArrayList<>();
    private final Optional<ReceiverLimiters> receiverLimiters;
    private final BudgetLeases budget;
    private final Ledger ledger;
    private final TaskExecution<I> execution;
    private final Scheduler.Worker thread;
    private volatile @Nullable StageSession<I> session;
    private volatile boolean stopping;

    /** Makes a stage without tracing and without limits of money, with the time and the threads of the machine. */
    public StageRuntime(
            StageSpec<I> spec,
            Handler<I> handler,
            StageClients clients,
            EventFormat format,
            MeterRegistry meters,
            Clock clock,
            RandomGenerator random) {
        this(
                spec,
                handler,
                clients,
                new SystemScheduler(),
                format,
                meters,
                OpenTelemetry.noop(),
                clock,
                random,
                Fairness.EVEN,
                Optional.empty(),
                MEMORY_OF_RECORDS);
    }

    /**
     * Makes a stage that is not running yet.
     *
     * @param random for jitter; thread-safe
     * @param fairness how tenants share the permits
     * @param limited says whose money is limited; empty: nobody's
     * @param memory bytes that records may take, those of the work topic and retries each; the rest stays in Kafka
     */
    public StageRuntime(
            StageSpec<I> spec,
            Handler<I> handler,
            StageClients clients,
            Scheduler scheduler,
            EventFormat format,
            MeterRegistry meters,
            OpenTelemetry telemetry,
            Clock clock,
            RandomGenerator random,
            Fairness fairness,
            Optional<BudgetPolicy> limited,
            long memory) {
        if (memory < 1) {
            throw new IllegalArgumentException("the memory of records must be > 0, was " + memory);
        }
        this.memory = memory;
        this.spec = spec;
        this.clients = clients;
        this.scheduler = scheduler;
        Clock steady = new SteadyClock(clock, scheduler::nanoTime);
        this.clock = steady;
        this.controls = new LiveStageControls(spec, clients.instanceId(), clients.controls(format, steady), scheduler);
        this.fairness = fairness.unless(controls::weight);
        int maxInFlight = spec.policies().maxInFlight();
        FleetMember self = new FleetMember(clients.instanceId(), "%x-%x".formatted(steady.millis(), random.nextLong()));
        this.metrics = new StageMetrics(meters, spec.stage(), steady);
        List<ConcurrencyLimiter> limiters = new ArrayList<>();
        limiters.add(limiter(limiters.size(), self, spec.provider(), maxInFlight, controls, format, random));
        for (Fallbacks.Fallback each : spec.fallbacks().providers()) {
            limiters.add(limiter(
                    limiters.size(),
                    self,
                    Optional.of(each.provider()),
                    each.maxInFlight(),
                    controls.of(each),
                    format,
                    random));
        }
        this.chain = new ProviderChain(limiters, spec.fallbacks(), steady, scheduler::nanoTime);
        this.receiverLimiters = spec.provider()
                .filter(_ -> spec.receiverQueues())
                .map(provider -> new ReceiverLimiters(provider, maxInFlight, steady, scheduler::nanoTime, random));
        metrics.watch(chain);
        receiverLimiters.ifPresent(metrics::watch);
        metrics.watch(backlog);
        Codec<I> codec = new Codec<>(spec, format, scheduler);
        metrics.watch(codec.unknownSchemas());
        BudgetPolicy money = limited.orElse(BudgetPolicy.UNLIMITED);
        this.budget = new BudgetLeases(
                clients.instanceId(),
                money,
                () -> limited.isEmpty()
                        ? ""
                        : "%s-%x-%x".formatted(clients.instanceId(), steady.millis(), random.nextLong()),
                scheduler::nanoTime);
        metrics.watch(budget);
        boolean asksForMoney =
                limited.isPresent() && spec.stage().paid() && spec.provider().isPresent();
        if (asksForMoney) {
            channels.add(BudgetChannel.of(spec.stage(), budget, clients, format, scheduler));
        }
        if (asksForMoney && spec.provider().orElseThrow().callCostMicros() == 0) {
            log.warn(
                    "stage {} has no call-cost, so no budget limits its calls",
                    spec.stage().code());
        }
        this.ledger = new Ledger(
                clients.ledgerProducer(spec.stage().consumerGroup()), codec, steady, scheduler, clients.instanceId());
        this.execution = new TaskExecution<>(
                spec,
                handler,
                codec,
                new OutcomeResolver<>(spec, codec, steady, random, metrics, money.waits()),
                ledger,
                budget,
                controls::cancelled,
                steady,
                metrics,
                new StageTracing(
                        telemetry,
                        spec.stage(),
                        spec.provider().isEmpty()
                                ? List.of("outside")
                                : spec.providers().stream()
                                        .map(ProviderPolicies::name)
                                        .toList()));
        this.thread = scheduler.platformThread(spec.stage().code() + "-poll", false, this::run);
    }

    /** Makes the limiter of one provider, and what shares its limit with the other processes. */
    private ConcurrencyLimiter limiter(
            int place,
            FleetMember self,
            Optional<ProviderPolicies> provider,
            int maxInFlight,
            StageControls its,
            EventFormat format,
            RandomGenerator random) {
        Optional<ProviderPolicies> shared = provider.filter(_ -> spec.stage().paid() && !spec.receiverQueues())
                .filter(policies -> FleetPolicy.of(policies).shares());
        Optional<FleetShare> share =
                shared.map(policies -> new FleetShare(self, maxInFlight, policies.rate(), scheduler::nanoTime));
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(
                spec.receiverQueues() ? Optional.empty() : provider,
                maxInFlight,
                its,
                clock,
                scheduler::nanoTime,
                share,
                random);
        provider.filter(_ -> !spec.receiverQueues()).ifPresent(policies -> metrics.watch(policies.name(), limiter));
        share.ifPresent(of -> channels.add(fleet(place, self, of, shared.orElseThrow(), limiter, format)));
        return limiter;
    }

    private MessageChannel<LimitMessage> fleet(
            int place,
            FleetMember self,
            FleetShare share,
            ProviderPolicies provider,
            ConcurrencyLimiter limiter,
            EventFormat format) {
        FleetNode node = new FleetNode(self, share, FleetPolicy.of(provider), scheduler::nanoTime);
        if (place == 0) {
            metrics.watch(node);
        }
        return FleetChannel.of(
                spec.stage(),
                provider.name(),
                node,
                () -> new FleetNode.Load(
                        limiter.busy(),
                        limiter.ghosts(),
                        waiting(place),
                        // They are those of the stage, whichever provider it calls for them
                        place == 0 ? backlog.tenants() : List.of()),
                this::hasFirstPartition,
                clients,
                format,
                scheduler);
    }

    /**
     * Counts the records that want a permit of a provider. Where none may begin, others can use the permits. What nobody
     * wants is given all the same, so a call that fails elsewhere finds a place at once.
     */
    private int waiting(int place) {
        boolean wanted = place == 0 ? chain.limiter(0).open() : chain.isAsked(place);
        return !stopping && wanted ? backlog.ready() : 0;
    }

    /** Of the processes of a stage, one has the first partition of its work, most of the time. */
    private boolean hasFirstPartition() {
        StageSession<I> current = session;
        return !stopping && current != null && current.hasFirstPartition();
    }

    /** Starts the poll thread and returns at once. {@link #ready} shows whether Kafka can be reached. */
    public void start() {
        controls.start();
        channels.forEach(MessageChannel::start);
        thread.start();
    }

    /** Says whether the stage has a place in its group and is not stopping. */
    public boolean ready() {
        StageSession<I> current = session;
        return !stopping && current != null && current.joined();
    }

    /** Says whether the poll thread moves. A stage that is not alive has to be restarted. */
    public boolean alive() {
        return alive(LONGEST_TURN);
    }

    /** @param longestTurn that the poll thread may take to come round, beyond a drain */
    boolean alive(Duration longestTurn) {
        StageSession<I> current = session;
        Duration longest = spec.policies().drain().plus(longestTurn);
        return thread.isAlive() && (current == null || current.sinceLastPoll().compareTo(longest) < 0);
    }

    /**
     * Takes nothing more, waits for what is under way for the drain time at most, commits and leaves. All of it takes
     * at most 45 seconds longer than the drain time.
     */
    @Override
    public void close() {
        long stopBy = scheduler.nanoTime()
                + spec.policies().drain().plus(STOP_BEYOND_DRAIN).toNanos();
        stopping = true;
        StageSession<I> current = session;
        if (current != null) {
            current.stop();
        }
        try {
            // Nothing is awaited of a stage that was never started.
            if (thread.isAlive()) {
                thread.join(left(stopBy).minus(CLOSE_CLIENTS));
            }
            Scheduler.Worker closing = scheduler.virtualThread(spec.stage().code() + "-close", () -> {
                channels.forEach(MessageChannel::stop);
                ledger.close();
                controls.close();
                channels.forEach(MessageChannel::close);
            });
            closing.start();
            closing.join(left(stopBy));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration left(long untilNanos) {
        return Duration.ofNanos(Math.max(0, untilNanos - scheduler.nanoTime()));
    }

    private void run() {
        awaitControls();
        while (!stopping) {
            try {
                StageSession<I> next = new StageSession<>(
                        spec,
                        execution,
                        fairness,
                        chain,
                        receiverLimiters,
                        ledger,
                        clients,
                        scheduler,
                        clock,
                        backlog,
                        metrics,
                        memory);
                session = next;
                if (stopping) {
                    next.stop();
                }
                next.run();
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError failed) {
                log.error(
                        "stage {}: the session with Kafka ended and a new one is begun",
                        spec.stage().code(),
                        failed);
                pause();
            }
        }
    }

    /** Waits for the live controls, for a paused stage must not begin before it knows that it is paused. */
    private void awaitControls() {
        try {
            while (!stopping && !controls.known(BETWEEN_SESSIONS)) {
                log.debug("waiting for the live controls");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    private void pause() {
        try {
            scheduler.sleep(BETWEEN_SESSIONS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }
}
