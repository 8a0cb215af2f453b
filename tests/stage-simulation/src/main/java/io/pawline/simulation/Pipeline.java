package io.pawline.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageGenerated;
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
import io.pawline.simulation.TaskBook.Expected;
import io.pawline.stage.Attempt;
import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.Fallbacks;
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
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Is the small pipeline of a world: two stages with a provider each, their topics, and all of their processes. */
final class Pipeline {

    static final List<Stage> STAGES = List.of(Stage.DETECT, Stage.GENERATE);
    static final int ATTEMPTS = 6;

    /** Handlers throw an error over tasks of this style, once they have the provider's answer. */
    static final String BUG = "bug";

    static final Duration DRAIN = Duration.ofSeconds(20);

    /** Retries wait no longer than a provider asks for, and somewhat longer. */
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(25);

    private static final int PARTITIONS = 4;
    private static final int LARGEST_FAILED = 100_000;

    private final World world;
    private final ModelBroker broker;
    private final ModelControls controls;
    private final EventStore events = new EventStore();
    private final TaskBook book;
    private final Map<Stage, ModelProvider> providers = new EnumMap<>(Stage.class);
    private final List<ProcessSlot> slots = new ArrayList<>();
    private final List<TaskId> tasks = new ArrayList<>();
    private final int maxInFlight;
    private final long memory;
    private final double hedgeShare;

    Pipeline(World world) {
        this.world = world;
        this.book = new TaskBook(world, events, PARTITIONS, STAGES.getLast(), LONGEST_RETRY);
        this.broker = new ModelBroker(world, PARTITIONS, book);
        book.reads(broker);
        this.controls = new ModelControls(world, broker);
        this.maxInFlight = 4 + world.random().nextInt(28);
        this.memory = world.chance(0.3) ? 20_000 : 1_000_000;
        this.hedgeShare = world.chance(0.5) ? 0.1 : 0;
        book.hedges(hedgeShare);
        for (Stage stage : Stage.values()) {
            broker.create(stage.workTopic(), LargeResults.LARGEST);
            broker.create(stage.retryTopic(), LARGEST_FAILED);
            broker.create(stage.deadLetterTopic(), LARGEST_FAILED);
        }
        broker.create(Topics.ATTEMPTS, LARGEST_FAILED);
        broker.create(Topics.LIMITS, LARGEST_FAILED);
        for (Stage stage : STAGES) {
            Duration shortest = Duration.ofMillis(50L + world.random().nextInt(500));
            providers.put(
                    stage,
                    new ModelProvider(
                            world, stage.code(), 6 + world.random().nextInt(40), shortest, shortest.multipliedBy(4)));
            int processes = 1 + world.random().nextInt(3);
            for (int i = 0; i < processes; i++) {
                slots.add(slot(stage, stage.code() + "-" + i));
            }
        }
    }

    private ProcessSlot slot(Stage stage, String instance) {
        return stage == Stage.DETECT
                ? slot(
                        stage,
                        instance,
                        TaskAccepted.class,
                        TaskAccepted::getContext,
                        (task, context) -> described(context))
                : slot(
                        stage,
                        instance,
                        PetDescribed.class,
                        PetDescribed::getContext,
                        (task, context) -> generated(context));
    }

    private interface Result<I> {
        SpecificRecord of(I task, TaskContext context);
    }

    private <I> ProcessSlot slot(
            Stage stage, String instance, Class<I> type, Function<I, TaskContext> context, Result<I> result) {
        StageSpec<I> spec = new StageSpec<>(
                stage,
                type,
                context,
                new StagePolicies(
                        maxInFlight,
                        DRAIN,
                        Duration.ofMillis(10),
                        0.25,
                        new RetryPolicy(
                                ATTEMPTS, Duration.ofMinutes(20), Duration.ofMillis(500), Duration.ofSeconds(10))),
                Optional.of(new ProviderPolicies(
                        stage.code(),
                        true,
                        Optional.of(new BreakerPolicy(65, 20, Duration.ofSeconds(2), Duration.ofSeconds(10))),
                        0,
                        1)),
                false,
                Fallbacks.NONE.hedging(hedgeShare));
        return new ProcessSlot(
                world,
                broker,
                stage,
                instance,
                book,
                controls,
                started -> started.run(
                        spec,
                        (task, attempt) -> handle(started, stage, attempt, result.of(task, context.apply(task))),
                        events.format(),
                        new CompositeMeterRegistry(),
                        OpenTelemetry.noop(),
                        memory));
    }

    private Outcome handle(ProcessSlot.Running running, Stage stage, Attempt attempt, SpecificRecord result)
            throws InterruptedException {
        CallReport report = attempt.hedged("", (_, requestId) -> call(running, stage, attempt, requestId));
        if (result instanceof PetDescribed described
                && described.getDescription().equals(BUG)) {
            throw new AssertionError("a bug");
        }
        return report.failure().isPresent()
                ? Outcome.failed(report.failure().get(), "the provider failed", report.notBefore())
                : Outcome.done(next(stage), result);
    }

    private OutsideCall.Answer<CallReport> call(
            ProcessSlot.Running running, Stage stage, Attempt attempt, String requestId) throws InterruptedException {
        SimulatedProcess process = running.process();
        book.begins(stage, attempt, requestId, maxInFlight, running);
        try {
            CallReport report = provider(stage).call(process);
            return new OutsideCall.Answer<>(report, report);
        } finally {
            book.ended(process);
        }
    }

    private PetDescribed described(TaskContext context) {
        return PetDescribed.newBuilder()
                .setContext(context)
                .setDescription(context.getStyle())
                .build();
    }

    private static ImageGenerated generated(TaskContext context) {
        return ImageGenerated.newBuilder()
                .setContext(context)
                .setImage(ImageRef.newBuilder()
                        .setUrl("https://pictures.example/1")
                        .build())
                .build();
    }

    void after(Duration time, Runnable action) {
        world.after(time, action);
    }

    /** Returns the stage that takes what this one makes. */
    static Stage next(Stage stage) {
        return switch (stage) {
            case DETECT -> Stage.GENERATE;
            case GENERATE -> Stage.MATTING;
            case MATTING -> Stage.FINALIZE;
            case FINALIZE, CALLBACK -> throw new IllegalArgumentException("no stage here: " + stage);
        };
    }

    ModelBroker broker() {
        return broker;
    }

    ModelControls controls() {
        return controls;
    }

    EventStore events() {
        return events;
    }

    TaskBook book() {
        return book;
    }

    ModelProvider provider(Stage stage) {
        return Objects.requireNonNull(providers.get(stage), "a stage of the pipeline has a provider");
    }

    /** Says whether the stage's group has completed every record that it reads. */
    boolean allCompleted(Stage stage) {
        ModelGroup group = broker.group(stage.consumerGroup());
        return broker.partitionsOf(stage.readTopics()).stream().allMatch(name -> {
            List<ModelLog.Entry> records = broker.log(name).committed();
            OffsetAndMetadata offset = group.committed(name);
            return records.isEmpty()
                    || (offset != null && offset.offset() > records.getLast().offset());
        });
    }

    List<ProcessSlot> slots() {
        return slots;
    }

    List<TaskId> tasks() {
        return tasks;
    }

    /** Submits a task, as ingest-service does. */
    TaskId submit(Duration untilDeadline, String style, Header... more) {
        TaskId id = nextId();
        Instant deadline = world.instant().plus(untilDeadline);
        TaskContext context = context(id, style, deadline);
        byte[] bytes = events.bytes(
                TaskAccepted.newBuilder()
                        .setContext(context)
                        .setPhoto(ImageRef.newBuilder()
                                .setUrl("https://photos.example/1")
                                .build())
                        .build(),
                0);
        Expected outcome = switch (style) {
            case LargeResults.LARGE -> Expected.TOO_LARGE;
            case BUG -> Expected.BUG;
            default -> Expected.PLAIN;
        };
        append(id, deadline, outcome, bytes, context, more);
        return id;
    }

    /** Submits bytes that are no event, under the key of a task. */
    void poison() {
        TaskId id = nextId();
        Instant deadline = world.instant().plus(Duration.ofMinutes(20));
        append(id, deadline, Expected.UNDECODABLE, new byte[] {1}, context(id, "", deadline));
    }

    private void append(
            TaskId id, Instant deadline, Expected outcome, byte[] bytes, TaskContext context, Header... more) {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        Routing.put(headers, Stage.DETECT, context);
        for (Header header : more) {
            headers.add(header);
        }
        tasks.add(id);
        book.submitted(id, deadline, outcome);
        broker.append(Stage.DETECT.workTopic(), id.toString().getBytes(UTF_8), bytes, headers.toArray(), null);
    }

    /** Makes the header of a moment that lies far beyond all waiting. */
    static Header absurdMoment() {
        return new RecordHeader(RecordHeaders.NOT_BEFORE, "1795428930123000".getBytes(UTF_8));
    }

    private TaskContext context(TaskId id, String style, Instant deadline) {
        return TaskContext.newBuilder()
                .setTaskId(id.toString())
                .setTenant("simulated")
                .setStyle(style)
                .setSubmittedAt(world.instant())
                .setDeadline(deadline)
                .build();
    }

    private TaskId nextId() {
        long time = world.instant().toEpochMilli();
        return new TaskId(new UUID(
                (time << 16) | 0x7000L | (tasks.size() & 0xFFF),
                0x8000000000000000L | (world.random().nextLong() >>> 2)));
    }
}
