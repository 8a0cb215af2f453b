package io.pawline.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.stage.Attempt;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Is a world in which several processes of one stage always have work for one provider. It measures how full they keep
 * the provider.
 */
public final class FleetWorld {

    private static final Stage STAGE = Stage.DETECT;
    private static final int PARTITIONS = 12;
    private static final int IN_FLIGHT = 64;
    private static final int LARGEST = 1_000_000;
    private static final long MEMORY = 10_000_000;
    private static final Duration NO_DEADLINE = Duration.ofHours(100);
    /** A halved capacity is found once the provider is no fuller than this. */
    private static final double FOUND = 1.5;

    private static final Duration LONGEST_RETRY = Duration.ofSeconds(20);

    /** It is looked so often whether all tasks are done. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** So many tasks of each partition are open, so that no process is without work. */
    private static final int OPEN_PER_PARTITION = 40;

    /** Is what the processes do to a provider, and what becomes of them. */
    interface Script {
        void play(FleetWorld world);
    }

    /** Is what is configured; 0: nothing. With a capacity, the limit is no adaptive one. */
    record Settings(double callsPerMinute, long tokensPerMinute, int capacity) {
        static final Settings NONE = new Settings(0, 0, 0);
    }

    /** Is how each process works. */
    record Policies(int maxInFlight, double retryShare, RetryPolicy retry, ProviderPolicies provider) {}

    /**
     * Says how full the provider was.
     *
     * @param start counts of the time in which the limit was found
     * @param then counts of the time after that
     * @param foundAfter time until a halved provider was no more than 1.2 times full; null if it was not halved
     */
    private record Measured(
            FleetProvider.Counts start,
            FleetProvider.Counts then,
            @Nullable Duration foundAfter) {}

    /**
     * Is one row of figures.
     *
     * @param startMost most calls at once while the limit was found, by the provider's capacity
     * @param most the same after that
     * @param mean mean of the calls at once, by the capacity
     * @param occupied share of the provider's places that were taken
     * @param timedOut share of the calls that were given up
     * @param refused share of the calls that were refused
     * @param callsPerSuccess calls for each that succeeded
     * @param mostInAMinute most calls begun within any minute
     * @param perMinute calls begun within a minute on average
     * @param mostTokens most tokens used within any minute
     * @param tokensPerMinute tokens used within a minute on average
     * @param foundAfterS seconds until a provider that was halved was found to be so; -1 if it was not halved
     */
    public record Figures(
            double startMost,
            double most,
            double mean,
            double occupied,
            double timedOut,
            double refused,
            double callsPerSuccess,
            int mostInAMinute,
            double perMinute,
            long mostTokens,
            double tokensPerMinute,
            double foundAfterS) {}

    private final World world;
    private final EventStore events = new EventStore();
    private final TaskBook book;
    private final ModelBroker broker;
    private final ModelControls controls;
    private final Policies policies;
    private final List<ProcessSlot> slots = new ArrayList<>();
    private final FleetProvider provider;
    private int tasks;
    private @Nullable TenantTasks tenants;
    private TenantTasks.@Nullable Door door;
    private @Nullable ImpatientFrontEnd frontEnd;
    private @Nullable Measured measured;

    private FleetWorld(World world, int processes, Policies policies, FleetProvider provider) {
        this.world = world;
        this.policies = policies;
        this.provider = provider;
        this.book =
                new TaskBook(world, events, PARTITIONS, STAGE, policies.retry().maxDelay());
        this.broker = new ModelBroker(world, PARTITIONS, book);
        book.reads(broker);
        this.controls = new ModelControls(world, broker);
        for (Stage stage : Stage.values()) {
            broker.create(stage.workTopic(), LARGEST);
            broker.create(stage.retryTopic(), LARGEST);
            broker.create(stage.deadLetterTopic(), LARGEST);
        }
        broker.create(Topics.ATTEMPTS, LARGEST);
        broker.create(Topics.LIMITS, LARGEST);
        for (int i = 0; i < processes; i++) {
            add();
        }
    }

    /** Is how the provider of a world is made. */
    interface ProviderOf {
        FleetProvider in(World world);
    }

    /** Returns what becomes of so many processes and their provider in the world of this seed. */
    static Figures run(long seed, int processes, Settings settings, ProviderOf provider, Script script) {
        World world = new World(seed, null);
        FleetWorld[] fleet = new FleetWorld[1];
        world.run(() -> {
            fleet[0] = new FleetWorld(world, processes, policies(settings), provider.in(world));
            fleet[0].pass(script);
        });
        fail(seed, world);
        Measured measured = Objects.requireNonNull(fleet[0].measured, "a script measures");
        return new Figures(
                measured.start().mostFilled(),
                measured.then().mostFilled(),
                measured.then().meanFilled(),
                measured.then().occupied(),
                measured.then().timedOut(),
                measured.then().refused(),
                measured.then().callsPerSuccess(),
                measured.then().mostInAMinute(),
                measured.then().perMinute(),
                measured.then().mostTokens(),
                measured.then().tokensPerMinute(),
                measured.foundAfter() == null ? -1 : measured.foundAfter().toMillis() / 1e3);
    }

    private static Policies policies(Settings settings) {
        return new Policies(
                IN_FLIGHT,
                0.25,
                new RetryPolicy(Pipeline.ATTEMPTS, NO_DEADLINE, Duration.ofSeconds(1), LONGEST_RETRY),
                new ProviderPolicies(
                        STAGE.code(),
                        settings.capacity() == 0,
                        Optional.empty(),
                        0,
                        settings.callsPerMinute(),
                        settings.tokensPerMinute(),
                        settings.capacity(),
                        1));
    }

    /** Lets one process serve a front end, in the world of this seed, until the front end has done with it. */
    static void serve(long seed, Policies policies, ProviderOf provider, ImpatientFrontEnd frontEnd) {
        World world = new World(seed, null);
        world.run(() -> {
            FleetWorld fleet = new FleetWorld(world, 1, policies, provider.in(world));
            fleet.frontEnd = frontEnd;
            fleet.slots.forEach(ProcessSlot::start);
            frontEnd.live(world, fleet.provider, deadline -> {
                TaskId id = fleet.nextId();
                fleet.append(id, "simulated", "simulated", deadline);
                return id;
            });
        });
        fail(seed, world);
    }

    private static void fail(long seed, World world) {
        Throwable failure = world.failure();
        if (failure != null) {
            throw new AssertionError("world %d: %s".formatted(seed, failure.getMessage()), failure);
        }
    }

    /** Returns how long it takes until so many processes have done the tasks of tenants in the world of this seed. */
    static Duration serve(long seed, int processes, Settings settings, ProviderOf provider, TenantTasks tasks) {
        World world = new World(seed, null);
        long[] took = new long[1];
        world.run(() -> {
            FleetWorld fleet = new FleetWorld(world, processes, policies(settings), provider.in(world));
            fleet.tenants = tasks;
            fleet.slots.forEach(ProcessSlot::start);
            took[0] = fleet.serve(tasks);
        });
        fail(seed, world);
        return Duration.ofNanos(took[0]);
    }

    private long serve(TenantTasks tasks) {
        TenantTasks.Door front = tasks.door(new WorldClock(), this::passOn);
        door = front;
        // Until the processes have their partitions and their shares
        long start = world.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (world.nanoTime() < start) {
            var _ = world.await(start);
        }
        long asked = start;
        Duration pause = Duration.ZERO;
        while (!tasks.over()) {
            Duration passed = Duration.ofNanos(world.nanoTime() - start);
            boolean submitted = tasks.submit(passed, front, this::nextId, world.instant());
            if (submitted || world.nanoTime() - asked >= pause.toNanos()) {
                asked = world.nanoTime();
                pause = front.release();
            }
            Duration untilAsked = pause.minusNanos(world.nanoTime() - asked);
            Duration untilNext = tasks.untilNext(Duration.ofNanos(world.nanoTime() - start));
            long next = world.nanoTime()
                    + Math.max(1, Math.min(untilAsked.toNanos(), Math.min(untilNext.toNanos(), LOOK.toNanos())));
            while (world.nanoTime() < next && !tasks.over()) {
                var _ = world.await(next);
            }
        }
        return world.nanoTime() - start;
    }

    private void passOn(TaskId id, String tenant) {
        append(id, tenant, Objects.requireNonNull(tenants).named() ? tenant : "simulated", NO_DEADLINE);
    }

    private final class WorldClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("instants alone are asked for");
        }

        @Override
        public Instant instant() {
            return world.instant();
        }
    }

    private void add() {
        String instance = STAGE.code() + "-" + slots.size();
        StageSpec<TaskAccepted> spec = new StageSpec<>(
                STAGE,
                TaskAccepted.class,
                TaskAccepted::getContext,
                new StagePolicies(
                        policies.maxInFlight(),
                        Pipeline.DRAIN,
                        Duration.ofMillis(10),
                        policies.retryShare(),
                        policies.retry()),
                Optional.of(policies.provider()));
        slots.add(new ProcessSlot(
                world,
                broker,
                STAGE,
                instance,
                book,
                controls,
                started -> started.run(
                        spec,
                        (task, attempt) -> handle(started, attempt, task.getContext()),
                        events.format(),
                        new CompositeMeterRegistry(),
                        OpenTelemetry.noop(),
                        MEMORY)));
    }

    private Outcome handle(ProcessSlot.Running running, Attempt attempt, TaskContext context)
            throws InterruptedException {
        CallReport report = attempt.call(() -> call(running, attempt));
        TenantTasks ofTenants = tenants;
        if (ofTenants != null && report.failure().isEmpty()) {
            ofTenants.answered(attempt.taskId(), Objects.requireNonNull(door), world.instant());
        }
        if (report.failure().isPresent()) {
            return Outcome.failed(report.failure().get(), "the provider failed", report.notBefore());
        }
        if (frontEnd != null) {
            frontEnd.answered(attempt.taskId());
        }
        return Outcome.done(
                Pipeline.next(STAGE),
                PetDescribed.newBuilder()
                        .setContext(context)
                        .setDescription("cat")
                        .build());
    }

    private OutsideCall.Answer<CallReport> call(ProcessSlot.Running running, Attempt attempt)
            throws InterruptedException {
        book.begins(STAGE, attempt, attempt.requestId(), policies.maxInFlight(), running);
        try {
            return provider.call();
        } finally {
            book.ended(running.process());
        }
    }

    private void pass(Script script) {
        submit();
        slots.forEach(ProcessSlot::start);
        script.play(this);
        world.check(measured != null, "nothing was measured");
    }

    /** Lets all processes work, and counts the time after a start by itself. */
    void measure(Duration start, Duration then) {
        provider.count();
        rest(start);
        FleetProvider.Counts first = provider.counts();
        provider.count();
        rest(then);
        measured = new Measured(first, provider.counts(), null);
    }

    /** Halves the capacity of the provider for five minutes. */
    void halve() {
        provider.count();
        rest(Duration.ofMinutes(5));
        FleetProvider.Counts before = provider.counts();
        provider.count();
        provider.capacity(30);
        long began = world.nanoTime();
        Duration found = Duration.ofMinutes(5);
        for (int tenths = 0; tenths < 3_000; tenths++) {
            rest(Duration.ofMillis(100));
            Duration passed = Duration.ofNanos(world.nanoTime() - began);
            if (provider.filledNow() <= FOUND && passed.compareTo(found) < 0) {
                found = passed;
            }
        }
        provider.capacity(60);
        rest(Duration.ofMinutes(5));
        measured = new Measured(before, provider.counts(), found);
    }

    /** Kills a process, stops another for half a minute, and adds one. */
    void comeAndGo() {
        provider.count();
        rest(Duration.ofMinutes(3));
        FleetProvider.Counts before = provider.counts();
        provider.count();
        slots.get(1).kill();
        rest(Duration.ofSeconds(60));
        SimulatedProcess stopped = Objects.requireNonNull(slots.get(2).process());
        stopped.stop();
        slots.get(2).disturbed();
        rest(Duration.ofSeconds(30));
        stopped.goOn();
        rest(Duration.ofSeconds(60));
        slots.get(1).start();
        add();
        slots.getLast().start();
        rest(Duration.ofMinutes(3));
        measured = new Measured(before, provider.counts(), null);
    }

    /**
     * Kills processes and starts them again, stops them, restarts them in good order, and takes the limits topic away.
     * At the end, a process is gone for good. Then the time counts.
     */
    void comeAndGoForLong() {
        rest(Duration.ofSeconds(30));
        for (int round = 0; round < 6; round++) {
            ProcessSlot one = slots.get(world.random().nextInt(slots.size()));
            ProcessSlot other = slots.get(world.random().nextInt(slots.size()));
            Duration time = Duration.ofNanos(world.between(Duration.ofSeconds(25), Duration.ofSeconds(50)));
            switch (round % 3) {
                case 0 -> {
                    one.kill();
                    rest(time);
                    one.start();
                }
                case 1 -> {
                    broker.hide(Topics.LIMITS, true);
                    rest(Duration.ofSeconds(50));
                    broker.hide(Topics.LIMITS, false);
                }
                default -> stopAndRestart(one, other, time);
            }
            rest(Duration.ofSeconds(20));
        }
        slots.getFirst().kill();
        rest(Duration.ofSeconds(90));
        measure(Duration.ZERO, Duration.ofMinutes(1));
    }

    private void stopAndRestart(ProcessSlot stopped, ProcessSlot restarted, Duration time) {
        SimulatedProcess process = stopped.process();
        slots.forEach(ProcessSlot::disturbed);
        if (process != null) {
            process.stop();
        }
        if (!restarted.equals(stopped)) {
            restarted.restart(Duration.ofSeconds(1));
        }
        rest(time);
        if (process != null) {
            process.goOn();
        }
    }

    /** Lets the share of calls with a photo change every three minutes. */
    void changeTheMix() {
        double[] shares = {0.1, 0.9, 0.5, 0.1, 0.9};
        provider.photos(shares[0]);
        provider.count();
        rest(Duration.ofMinutes(5));
        FleetProvider.Counts before = provider.counts();
        provider.count();
        for (double share : shares) {
            provider.photos(share);
            rest(Duration.ofMinutes(3));
        }
        measured = new Measured(before, provider.counts(), null);
    }

    private void rest(Duration time) {
        long until = world.nanoTime() + time.toNanos();
        while (world.nanoTime() < until) {
            long next =
                    Math.min(until, world.nanoTime() + Duration.ofMillis(500).toNanos());
            while (world.nanoTime() < next) {
                var _ = world.await(next);
            }
            submit();
        }
    }

    /** Submits tasks, so that there are always enough. */
    private void submit() {
        while (tasks - book.succeeded() < OPEN_PER_PARTITION * PARTITIONS) {
            append(nextId(), "simulated", "simulated", NO_DEADLINE);
        }
    }

    private TaskId nextId() {
        tasks++;
        return new TaskId(new UUID(
                (world.instant().toEpochMilli() << 16) | 0x7000L | (tasks & 0xFFF),
                0x8000000000000000L | (world.random().nextLong() >>> 2)));
    }

    /**
     * Puts a task into the stage's topic.
     *
     * @param named tenant as the record's header says
     */
    private void append(TaskId id, String tenant, String named, Duration untilDeadline) {
        Instant now = world.instant();
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(id.toString())
                .setTenant(tenant)
                .setStyle("oil")
                .setSubmittedAt(now)
                .setDeadline(now.plus(untilDeadline))
                .build();
        byte[] bytes = events.bytes(
                TaskAccepted.newBuilder()
                        .setContext(context)
                        .setPhoto(ImageRef.newBuilder()
                                .setUrl("https://photos.example/1")
                                .build())
                        .build(),
                0);
        Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        Routing.put(headers, STAGE, context);
        headers.remove(RecordHeaders.TENANT);
        headers.add(RecordHeaders.TENANT, named.getBytes(UTF_8));
        book.submitted(id, context.getDeadline(), TaskBook.Expected.PLAIN);
        broker.append(STAGE.workTopic(), id.toString().getBytes(UTF_8), bytes, headers.toArray(), null);
    }
}
