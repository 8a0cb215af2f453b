package io.pawline.simulation;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.schemas.Stage;
import io.pawline.service.EventFormat;
import io.pawline.stage.ControlChannel;
import io.pawline.stage.Fairness;
import io.pawline.stage.Handler;
import io.pawline.stage.StageClients;
import io.pawline.stage.StageRuntime;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Is the place of one process of a stage, whose instance id stays the same however often it is started. */
final class ProcessSlot {

    private static final Duration STOP_BEYOND_DRAIN = Duration.ofSeconds(46);

    /** A call that is given up on ends within this time, and so does its thread. */
    private static final Duration CALLS_END_WITHIN = Duration.ofSeconds(35);

    /** A twin is given up if it could not ask to join by then. */
    private static final Duration TWIN_LIVES = Duration.ofSeconds(5);

    private final World world;
    private final ModelBroker broker;
    private final Stage stage;
    private final String instance;
    private final TaskBook book;
    private final ModelControls controls;
    private final Consumer<Running> program;
    private @Nullable Running running;
    private boolean closing;
    private int leaving;
    private boolean retired;

    /** @param program what a process does at its start */
    ProcessSlot(
            World world,
            ModelBroker broker,
            Stage stage,
            String instance,
            TaskBook book,
            ModelControls controls,
            Consumer<Running> program) {
        this.world = world;
        this.broker = broker;
        this.stage = stage;
        this.instance = instance;
        this.book = book;
        this.controls = controls;
        this.program = program;
    }

    String instance() {
        return instance;
    }

    /** Starts a process, if none runs here. */
    void start() {
        if (running == null && !retired) {
            world.note("start " + instance);
            Running started = new Running(new SimulatedProcess(world, instance), false);
            running = started;
            program.accept(started);
        }
    }

    /** Starts a second process under the name of the one that runs. It settles the transaction, and dies as it joins. */
    void startTwin() {
        if (running != null && !retired) {
            world.note("start a twin of " + instance);
            Running twin = new Running(new SimulatedProcess(world, instance + "-twin"), true);
            program.accept(twin);
            world.after(TWIN_LIVES, twin.process()::kill);
        }
    }

    /** Names the producer of the transactions of the processes here. */
    String transactionalId() {
        return stage.consumerGroup() + "-" + instance;
    }

    /** Kills the process, if one runs. */
    void kill() {
        Running killed = running;
        if (killed != null) {
            world.note("kill " + instance);
            running = null;
            closing = false;
            book.killed(killed.process());
            killed.process().kill();
        }
    }

    /** Lets the process stop in good order, checks that nothing of it is left, and starts another some time later. */
    void restart(Duration later) {
        terminate(() -> world.after(later, this::start));
    }

    /** Lets the process stop in good order for good, and checks that nothing of it is left. */
    void retire() {
        retired = true;
        terminate(() -> {});
    }

    private void terminate(Runnable next) {
        Running ends = running;
        if (ends == null || closing) {
            return;
        }
        closing = true;
        world.note("terminate " + instance);
        long began = world.nanoTime();
        new Actor(world, ends.process(), instance + " stop", () -> {
                    ends.close();
                    gone(ends, began, next);
                })
                .start();
    }

    private void gone(Running ends, long began, Runnable next) {
        Duration took = Duration.ofNanos(world.nanoTime() - began);
        world.note("%s has stopped after %s".formatted(instance, took));
        if (ends.undisturbed) {
            world.check(
                    took.compareTo(Pipeline.DRAIN.plus(STOP_BEYOND_DRAIN)) <= 0, instance + " takes to stop " + took);
        }
        running = null;
        closing = false;
        book.killed(ends.process());
        leaving++;
        next.run();
        rest(CALLS_END_WITHIN);
        List<String> left = ends.process().threadNames();
        world.check(ends.clients.stream().allMatch(BooleanSupplier::getAsBoolean), instance + " leaves clients open");
        world.check(left.size() == 1, "%s leaves threads behind: %s".formatted(instance, left));
        leaving--;
        ends.process().kill();
    }

    private void rest(Duration time) {
        long until = world.nanoTime() + time.toNanos();
        while (world.nanoTime() < until) {
            var _ = world.await(until);
        }
    }

    boolean runs() {
        return running != null;
    }

    /** Says whether nothing of any process is left here. */
    boolean isEmpty() {
        return running == null && leaving == 0;
    }

    /** Returns the process that runs; null if none does. */
    @Nullable
    SimulatedProcess process() {
        return running == null ? null : running.process();
    }

    /** Says that the process has been stopped, so its stop may take longer. */
    void disturbed() {
        if (running != null) {
            running.undisturbed = false;
        }
    }

    /** Is one life of a process. */
    final class Running implements StageClients {

        private final SimulatedProcess process;
        private final ModelControls.Channel channel;
        private final boolean diesAsItJoins;
        private final List<BooleanSupplier> clients = new ArrayList<>();
        private boolean undisturbed = true;
        private long stoppingSince;
        private @Nullable ModelConsumer consumer;
        private @Nullable StageRuntime<?> runtime;

        private Running(SimulatedProcess process, boolean diesAsItJoins) {
            this.process = process;
            this.diesAsItJoins = diesAsItJoins;
            this.channel = controls.channel(process);
        }

        SimulatedProcess process() {
            return process;
        }

        /** Says whether nothing has kept it from its work or from Kafka so far. */
        boolean undisturbed() {
            return undisturbed;
        }

        ModelControls.Channel controls() {
            return channel;
        }

        /** Returns the member of the group; null before the first session. */
        @Nullable
        ModelConsumer consumer() {
            return consumer;
        }

        <I> void run(
                StageSpec<I> spec,
                Handler<I> handler,
                EventFormat format,
                MeterRegistry meters,
                OpenTelemetry telemetry,
                long memory) {
            StageRuntime<I> made = new StageRuntime<>(
                    spec,
                    handler,
                    this,
                    new SimulatedScheduler(world, process),
                    format,
                    meters,
                    telemetry,
                    process.clock(),
                    process.random(),
                    Fairness.EVEN,
                    Optional.empty(),
                    memory);
            runtime = made;
            made.start();
        }

        /** Returns for how long the process has been stopping; empty if it is not. */
        private Optional<Duration> stopping() {
            return stoppingSince == 0
                    ? Optional.empty()
                    : Optional.of(Duration.ofNanos(world.nanoTime() - stoppingSince));
        }

        private void close() {
            stoppingSince = world.nanoTime();
            Objects.requireNonNull(runtime, "a process that runs has a stage").close();
        }

        @Override
        public String instanceId() {
            return instance;
        }

        @Override
        public Duration sessionTimeout() {
            return ModelGroup.SESSION;
        }

        @Override
        public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer(
                String group, Duration drain, Runnable joins) {
            ModelConsumer made = new ModelConsumer(
                    world,
                    broker,
                    process,
                    broker.group(group),
                    instance,
                    diesAsItJoins ? process::kill : joins,
                    (partition, after) ->
                            book.gaveUp(process, partition, undisturbed ? after.or(this::stopping) : Optional.empty()));
            consumer = made;
            clients.add(made::isClosed);
            return Facade.of(org.apache.kafka.clients.consumer.Consumer.class, made);
        }

        @Override
        public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> rereader(String group) {
            ModelConsumer made = new ModelConsumer(world, broker, process, null, instance, () -> {}, (_, _) -> {});
            clients.add(made::isClosed);
            return Facade.of(org.apache.kafka.clients.consumer.Consumer.class, made);
        }

        @Override
        public Producer<byte[], byte[]> producer(String group) {
            ModelProducer made = new ModelProducer(world, broker, process, group + "-" + instance);
            clients.add(made::isClosed);
            return Facade.of(Producer.class, made);
        }

        @Override
        public Producer<byte[], byte[]> ledgerProducer(String group) {
            ModelLedgerProducer made = new ModelLedgerProducer(world, broker, process);
            clients.add(made::isClosed);
            return Facade.of(Producer.class, made);
        }

        @Override
        public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> limitsReader(String group) {
            return rereader(group);
        }

        @Override
        public Producer<byte[], byte[]> limitsProducer(String group) {
            return ledgerProducer(group);
        }

        @Override
        public ControlChannel controls(EventFormat format, Clock clock) {
            return channel;
        }
    }
}
