package io.pawline.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.simulation.AfternoonProvider.Conditions;
import io.pawline.simulation.AfternoonProvider.Window;
import io.pawline.stage.Attempt;
import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import io.pawline.stage.StageSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Lives through the afternoon of the incident report, from 13:29 to 16:22, with a fifteenth of its tasks: vision,
 * text-to-image and matting as {@code incident.yaml} of the provider simulator has them, with the stages' default
 * policies. What must hold in every world is checked here, too.
 */
public final class Afternoon {

    /** The report has 49,263 tasks. Its providers' capacities shrink with them. */
    private static final int TASKS = 49_263 / 15;

    /** One in so many tasks has no pet, or a photo that is refused. */
    private static final int NO_PET = 49_263 / 218;

    /** One in so many tasks has a picture that the provider withholds. */
    private static final int MODERATED = 49_263 / 121;

    /** Nothing is open so long after the last task has come: longer than any deadline. */
    private static final Duration DONE_WITHIN = Duration.ofMinutes(70);

    private static final Duration DEADLINE = Duration.ofHours(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;
    private static final int IN_FLIGHT = 64;
    private static final int LARGEST = 100_000;
    private static final long MEMORY = 10_000_000;

    /** Is a time in which tasks come at one rate; the rates count in proportion to each other. */
    private record Part(int fromMinute, int toMinute, double rate) {}

    private static final List<Part> ARRIVALS = List.of(
            new Part(0, 9, 0.75),
            new Part(9, 25, 1.6),
            new Part(25, 59, 0.8),
            new Part(59, 79, 1.5),
            new Part(79, 133, 0.75),
            new Part(133, 147, 1.4),
            new Part(147, 173, 0.6));

    /**
     * Says what came of an afternoon.
     *
     * @param failure what did not hold; null if all held
     * @param impossible tasks that nobody could have done
     */
    public record Result(
            long seed,
            @Nullable Throwable failure,
            int tasks,
            int impossible,
            int succeeded,
            int calls,
            Duration virtual) {

        /** Returns the percentage of the tasks that succeeded. */
        public double successPct() {
            return 100.0 * succeeded / tasks;
        }
    }

    private final World world;
    private final EventStore events = new EventStore();
    private final TaskBook book;
    private final ModelBroker broker;
    private final ModelControls controls;
    private final Map<Stage, AfternoonProvider> providers = new EnumMap<>(Stage.class);
    private final List<ProcessSlot> slots = new ArrayList<>();
    private int tasks;
    private int impossible;

    private Afternoon(World world) {
        this.world = world;
        this.book = new TaskBook(world, events, PARTITIONS, Stage.MATTING, LONGEST_WAIT.multipliedBy(2));
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
        providers.put(
                Stage.DETECT,
                new AfternoonProvider(
                        world,
                        new Conditions(27, Duration.ofSeconds(3), 0.3, 0.004, 0.001, 0),
                        List.of(),
                        Duration.ofSeconds(30)));
        providers.put(
                Stage.GENERATE,
                new AfternoonProvider(
                        world,
                        new Conditions(19, Duration.ofSeconds(12), 0.3, 0.007, 0.003, 0),
                        List.of(
                                window(12, 18, new Conditions(5, Duration.ofSeconds(12), 0.3, 0.05, 0.05, 0.01)),
                                window(18, 26, new Conditions(5, Duration.ofSeconds(12), 0.3, 0.07, 0.08, 0.01))),
                        Duration.ofSeconds(90)));
        providers.put(
                Stage.MATTING,
                new AfternoonProvider(
                        world,
                        new Conditions(4, Duration.ofSeconds(4), 0.35, 0.005, 0, 0),
                        List.of(window(61, 91, new Conditions(3, Duration.ofSeconds(6), 0.5, 0.005, 0, 0.002))),
                        Duration.ofSeconds(60)));
        slots.add(slot(
                Stage.DETECT,
                TaskAccepted.class,
                TaskAccepted::getContext,
                context -> PetDescribed.newBuilder()
                        .setContext(context)
                        .setDescription(context.getStyle())
                        .build()));
        slots.add(slot(
                Stage.GENERATE,
                PetDescribed.class,
                PetDescribed::getContext,
                context -> ImageGenerated.newBuilder()
                        .setContext(context)
                        .setImage(image())
                        .build()));
        slots.add(slot(
                Stage.MATTING,
                ImageGenerated.class,
                ImageGenerated::getContext,
                context -> ImageCutOut.newBuilder()
                        .setContext(context)
                        .setImage(image())
                        .build()));
    }

    private static Window window(int fromMinute, int toMinute, Conditions conditions) {
        return new Window(Duration.ofMinutes(fromMinute), Duration.ofMinutes(toMinute), conditions);
    }

    private static ImageRef image() {
        return ImageRef.newBuilder().setUrl("https://pictures.example/1").build();
    }

    private <I> ProcessSlot slot(
            Stage stage,
            Class<I> type,
            Function<I, TaskContext> context,
            Function<TaskContext, SpecificRecord> result) {
        StageSpec<I> spec = new StageSpec<>(
                stage,
                type,
                context,
                new StagePolicies(
                        IN_FLIGHT,
                        Pipeline.DRAIN,
                        Duration.ofMillis(10),
                        0.25,
                        new RetryPolicy(Pipeline.ATTEMPTS, DEADLINE, Duration.ofSeconds(1), LONGEST_WAIT)),
                Optional.of(new ProviderPolicies(
                        stage.code(),
                        true,
                        Optional.of(new BreakerPolicy(65, 60, Duration.ofSeconds(5), LONGEST_WAIT)),
                        0,
                        1)));
        return new ProcessSlot(
                world,
                broker,
                stage,
                stage.code() + "-0",
                book,
                controls,
                started -> started.run(
                        spec,
                        (task, attempt) -> handle(started, stage, attempt, context.apply(task), result),
                        events.format(),
                        new CompositeMeterRegistry(),
                        OpenTelemetry.noop(),
                        MEMORY));
    }

    private Outcome handle(
            ProcessSlot.Running running,
            Stage stage,
            Attempt attempt,
            TaskContext context,
            Function<TaskContext, SpecificRecord> result)
            throws InterruptedException {
        CallReport report = attempt.call(() -> call(running, stage, attempt));
        if (report.failure().isPresent()) {
            return Outcome.failed(report.failure().get(), "the provider failed", report.notBefore());
        }
        if (context.getStyle().equals("no pet")) {
            return new Outcome.Rejected(Reason.NO_PET, "no pet to be seen");
        }
        if (context.getStyle().equals("moderated") && stage == Stage.GENERATE) {
            return new Outcome.Rejected(Reason.MODERATED_IMAGE, "the picture is withheld");
        }
        return Outcome.done(Pipeline.next(stage), result.apply(context));
    }

    private OutsideCall.Answer<CallReport> call(ProcessSlot.Running running, Stage stage, Attempt attempt)
            throws InterruptedException {
        book.begins(stage, attempt, attempt.requestId(), IN_FLIGHT, running);
        try {
            CallReport report = Objects.requireNonNull(providers.get(stage)).call();
            return new OutsideCall.Answer<>(report, report);
        } finally {
            book.ended(running.process());
        }
    }

    /** Lives through the afternoon of this seed. */
    public static Result run(long seed) {
        World world = new World(seed, null);
        Afternoon[] afternoon = new Afternoon[1];
        world.run(() -> {
            afternoon[0] = new Afternoon(world);
            afternoon[0].pass();
        });
        Afternoon passed = Objects.requireNonNull(afternoon[0]);
        return new Result(
                seed,
                world.failure(),
                passed.tasks,
                passed.impossible,
                passed.book.succeeded(),
                passed.book.calls(),
                world.passed());
    }

    /** Lives through so many afternoons, on all processors; in the order of their seeds. */
    public static List<Result> runAll(long from, int seeds) throws InterruptedException, ExecutionException {
        List<Result> results = new ArrayList<>();
        try (ExecutorService pool =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<Result>> running = LongStream.range(from, from + seeds)
                    .mapToObj(seed -> pool.submit(() -> run(seed)))
                    .toList();
            for (Future<Result> afternoon : running) {
                results.add(afternoon.get());
            }
        }
        return results;
    }

    private void pass() {
        slots.forEach(ProcessSlot::start);
        for (Duration moment : moments()) {
            rest(moment.minus(world.passed()));
            submit();
        }
        Duration latest = world.passed().plus(DONE_WITHIN);
        while (book.open() > 0 && world.passed().compareTo(latest) < 0) {
            rest(Duration.ofSeconds(10));
        }
        world.check(book.open() == 0, "%d tasks have no outcome".formatted(book.open()));
        slots.forEach(ProcessSlot::retire);
        rest(Duration.ofMinutes(2));
        slots.forEach(slot -> world.check(slot.isEmpty(), slot.instance() + " does not stop"));
    }

    /** Draws when the tasks come, in order. */
    private List<Duration> moments() {
        double all = ARRIVALS.stream().mapToDouble(Afternoon::weight).sum();
        List<Duration> moments = new ArrayList<>();
        double before = 0;
        for (Part part : ARRIVALS) {
            before += weight(part);
            while (moments.size() < Math.round(TASKS * before / all)) {
                moments.add(Duration.ofNanos(
                        world.between(Duration.ofMinutes(part.fromMinute()), Duration.ofMinutes(part.toMinute()))));
            }
        }
        return moments.stream().sorted().toList();
    }

    private static double weight(Part part) {
        return part.rate() * (part.toMinute() - part.fromMinute());
    }

    private void submit() {
        tasks++;
        String style = tasks % NO_PET == 0 ? "no pet" : tasks % MODERATED == 0 ? "moderated" : "oil";
        if (!style.equals("oil")) {
            impossible++;
        }
        Instant now = world.instant();
        TaskId id = new TaskId(new UUID(
                (now.toEpochMilli() << 16) | 0x7000L | (tasks & 0xFFF),
                0x8000000000000000L | (world.random().nextLong() >>> 2)));
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(id.toString())
                .setTenant("simulated")
                .setStyle(style)
                .setSubmittedAt(now)
                .setDeadline(now.plus(DEADLINE))
                .build();
        byte[] bytes = events.bytes(
                TaskAccepted.newBuilder().setContext(context).setPhoto(image()).build(), 0);
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        Routing.put(headers, Stage.DETECT, context);
        book.submitted(id, context.getDeadline(), TaskBook.Expected.PLAIN);
        broker.append(Stage.DETECT.workTopic(), id.toString().getBytes(UTF_8), bytes, headers.toArray(), null);
    }

    private void rest(Duration time) {
        long until = world.nanoTime() + Math.max(0, time.toNanos());
        while (world.nanoTime() < until) {
            var _ = world.await(until);
        }
    }
}
