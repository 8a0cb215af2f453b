package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.KafkaClients;
import io.pawline.stage.Outcome;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import io.pawline.stage.StageRuntime;
import io.pawline.stage.StageSpec;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Gives a stage hostile records in all its topics, with good ones among them, and counts what they did beyond ending
 * their own tasks. The stage's handler fails in every way, by what the record's event says.
 */
public final class HostileScenario {

    private static final Deserializer<TaskFinished> EVENTS = TestingEvents.deserializer(TaskFinished.class);
    private static final int PARTITIONS = 2;
    private static final int AT_ONCE = 1_000;
    private static final Duration STANDSTILL = Duration.ofMinutes(2);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final Stage stage;
    private final HostileRecords generator;
    private final Set<ByteBuffer> values = new HashSet<>();
    /** The tasks that the records name. */
    private final Set<String> named = new HashSet<>();

    /** The tasks that have ended. */
    private final Set<String> over = ConcurrentHashMap.newKeySet();

    private final Set<String> good = new HashSet<>();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

    private HostileScenario(Stage stage, long seed) {
        this.stage = stage;
        this.generator = new HostileRecords(seed);
    }

    /**
     * Says what the records did. All but {@code records} and {@code deadLetters} should be 0.
     *
     * @param records hostile ones
     * @param sessionsEnded sessions with Kafka that failed
     * @param repeated calls beyond the first for tasks whose first call settled them
     * @param goodNotCalled good tasks that no call was made for
     * @param open records that the stage has not committed
     * @param notEnded tasks named by a record, of which there is neither a finished call, nor a dead letter, nor a final
     *     state
     * @param changed dead letters whose bytes no record had
     */
    public record Result(
            int records,
            int deadLetters,
            int sessionsEnded,
            int repeated,
            int goodNotCalled,
            long open,
            int notEnded,
            int changed) {}

    /**
     * Runs the scenario on the broker of this JVM, with fresh topics of two partitions each.
     *
     * @param hostile records, spread evenly over the topics that the stage reads
     * @param good records in its work topic
     * @param progress takes a line now and then
     */
    public static Result run(Stage stage, int hostile, int good, long seed, Consumer<String> progress)
            throws InterruptedException, ExecutionException {
        TestingKafka.freshTopics(PARTITIONS);
        HostileScenario scenario = new HostileScenario(stage, seed);
        if (stage.longRetryTopic().isPresent()) {
            // With the broker's time, no record is due for minutes. The broker applies settings in their order, so it
            // has this one when it takes the timestamps of the other topics.
            TestingKafka.configure(stage.longRetryTopic().get(), "message.timestamp.type", "CreateTime");
        }
        for (String topic : stage.readTopics()) {
            scenario.takeAnyTimestamp(topic);
        }
        scenario.send(hostile, good);
        progress.accept("%s: %,d hostile records are sent".formatted(stage.code(), hostile));
        Logger runtimeLog = logger(StageRuntime.class.getName());
        // Each stack of an endless recursion has a thousand lines
        Logger sessionLog = logger(StageRuntime.class.getPackageName() + ".session");
        Level before = sessionLog.getLevel();
        ListAppender<ILoggingEvent> sessions = new ListAppender<>();
        sessions.start();
        runtimeLog.addAppender(sessions);
        sessionLog.setLevel(Level.OFF);
        try (StageRuntime<TaskFinished> runtime = scenario.runtime()) {
            runtime.start();
            long open = scenario.awaitCommitted(progress);
            return scenario.result(hostile, sessions.list.size(), open);
        } finally {
            runtimeLog.detachAppender(sessions);
            sessionLog.setLevel(before);
        }
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    /** As a broker does that leaves timestamps to its producers; it learns of a topic's settings some time later. */
    private void takeAnyTimestamp(String topic) throws InterruptedException, ExecutionException {
        TestingKafka.configure(topic, "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
        await().atMost(STANDSTILL).ignoreExceptions().until(() -> {
            TestingKafka.send(List.of(generator.farAway(topic)));
            return true;
        });
        values.add(ByteBuffer.allocate(0));
    }

    private void send(int hostile, int goodRecords) {
        List<String> topics = stage.readTopics();
        List<ProducerRecord<byte[], byte[]>> some = new ArrayList<>();
        for (int at = 0; at < hostile; at++) {
            some.add(generator.hostile(topics.get(at % topics.size())));
            if ((at + 1L) * goodRecords / hostile > (long) at * goodRecords / hostile) {
                TaskId id = TaskId.next();
                good.add(id.toString());
                some.add(generator.good(stage, id));
            }
            if (some.size() >= AT_ONCE || at == hostile - 1) {
                send(some);
                some.clear();
            }
        }
    }

    private void send(List<ProducerRecord<byte[], byte[]>> records) {
        TestingKafka.send(records);
        for (ProducerRecord<byte[], byte[]> record : records) {
            values.add(bytes(record.value()));
            task(record.key(), record.value()).ifPresent(named::add);
        }
    }

    /** The task that a record names: by its event, or by its key if the event names none. */
    private static Optional<String> task(byte @Nullable [] key, byte @Nullable [] value) {
        return Optional.ofNullable(value)
                .flatMap(HostileScenario::taskOfEvent)
                .or(() -> Optional.ofNullable(key)
                        .map(bytes -> new String(bytes, UTF_8))
                        .flatMap(HostileScenario::id));
    }

    private static Optional<String> taskOfEvent(byte[] value) {
        try {
            return id(EVENTS.deserialize("topic", value).getContext().getTaskId());
        } catch (SerializationException noEvent) {
            return Optional.empty();
        }
    }

    private static Optional<String> id(String text) {
        try {
            return Optional.of(TaskId.parse(text).toString());
        } catch (IllegalArgumentException noTask) {
            return Optional.empty();
        }
    }

    private static ByteBuffer bytes(byte @Nullable [] value) {
        return value == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(value);
    }

    private Outcome handle(TaskFinished in) {
        return switch (in.getContext().getStyle()) {
            case "throws" -> throw new IllegalStateException("a bug");
            case "asserts" -> throw new AssertionError("a bug");
            case "links" -> throw new NoClassDefFoundError("a bug");
            case "recurses" -> Outcome.failed(Reason.UNCLASSIFIED, "never there: " + recurse(1));
            case "fails" -> Outcome.failed(Reason.PROVIDER_ERROR, "no");
            case "rejects" -> settled(in, new Outcome.Rejected(Reason.NO_PET, "no"));
            default -> {
                id(in.getContext().getTaskId()).ifPresent(over::add);
                yield settled(in, Outcome.done());
            }
        };
    }

    private Outcome settled(TaskFinished in, Outcome outcome) {
        calls.computeIfAbsent(in.getContext().getTaskId(), _ -> new AtomicInteger())
                .incrementAndGet();
        return outcome;
    }

    @SuppressWarnings("InfiniteRecursion") // meant
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private StageRuntime<TaskFinished> runtime() {
        RetryPolicy retry = new RetryPolicy(2, Duration.ofSeconds(20), Duration.ofMillis(20), Duration.ofMillis(100));
        return new StageRuntime<>(
                new StageSpec<>(
                        stage,
                        TaskFinished.class,
                        TaskFinished::getContext,
                        new StagePolicies(64, Duration.ofSeconds(5), Duration.ofMillis(10), 0.25, retry),
                        Optional.empty()),
                (in, _) -> handle(in),
                new KafkaClients(TestingKafka.connection(), "one"),
                TestingEvents.format(),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                new Random(1));
    }

    /** Waits until all is committed, and returns how many records are not, if no more are after a while. */
    private long awaitCommitted(Consumer<String> progress) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            Map<TopicPartition, Long> before = Map.of();
            long moved = System.nanoTime();
            long line = moved;
            while (true) {
                Map<TopicPartition, Long> left = left(admin);
                long now = System.nanoTime();
                long open = left.entrySet().stream()
                        // The last one in the retry topic is the marker of a transaction
                        .filter(each -> each.getValue() > (each.getKey().topic().equals(stage.retryTopic()) ? 1 : 0))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
                if (!left.equals(before)) {
                    moved = now;
                }
                if (open == 0 || now - moved > STANDSTILL.toNanos()) {
                    return open;
                }
                if (now - line > BETWEEN_LINES.toNanos()) {
                    line = now;
                    progress.accept("%s: %,d records are open".formatted(stage.code(), open));
                }
                before = left;
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private Map<TopicPartition, Long> left(Admin admin) throws InterruptedException, ExecutionException {
        var committed = admin.listConsumerGroupOffsets(stage.consumerGroup())
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        stage.readTopics()
                .forEach(topic -> IntStream.range(0, PARTITIONS)
                        .forEach(number -> ends.put(new TopicPartition(topic, number), OffsetSpec.latest())));
        return admin
                .listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, end -> {
                    var reached = committed.get(end.getKey());
                    return end.getValue().offset() - (reached == null ? 0 : reached.offset());
                }));
    }

    private Result result(int records, int sessionsEnded, long open) {
        AtomicInteger deadLetters = new AtomicInteger();
        AtomicInteger changed = new AtomicInteger();
        TestingKafka.read(stage.deadLetterTopic(), record -> {
            deadLetters.incrementAndGet();
            task(record.key(), record.value()).ifPresent(over::add);
            if (!values.contains(bytes(record.value()))) {
                changed.incrementAndGet();
            }
        });
        if (stage != Stage.CALLBACK) {
            TestingKafka.read(
                    Stage.CALLBACK.workTopic(),
                    record -> task(record.key(), record.value()).ifPresent(over::add));
        }
        return new Result(
                records,
                deadLetters.get(),
                sessionsEnded,
                calls.values().stream().mapToInt(count -> count.get() - 1).sum(),
                (int) good.stream().filter(id -> !calls.containsKey(id)).count(),
                open,
                (int) named.stream().filter(id -> !over.contains(id)).count(),
                changed.get());
    }
}
