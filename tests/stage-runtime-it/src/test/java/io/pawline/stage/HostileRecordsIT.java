package io.pawline.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Whatever bytes, headers, keys and timestamps a record has, in whichever of a stage's topics: the worst that it does is to end
 * its own task. Records are generated from a seed, which a failure prints.
 */
class HostileRecordsIT {

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int HOSTILE = 1_000;
    private static final int GOOD = 100;

    private static final List<String> HEADERS = List.of(
            RecordHeaders.ATTEMPT,
            RecordHeaders.NOT_BEFORE,
            RecordHeaders.FIRST_FAILED_AT,
            RecordHeaders.FAILURES,
            RecordHeaders.REASON,
            RecordHeaders.DETAIL,
            RecordHeaders.DEADLINE,
            RecordHeaders.PRIORITY,
            RecordHeaders.LANE,
            RecordHeaders.TRACEPARENT,
            RecordHeaders.TRIED_BEFORE,
            "kafka_dlt-original-topic",
            "kafka_dlt-original-partition",
            "kafka_dlt-original-offset",
            "kafka_dlt-original-timestamp");

    /** Nothing that a stage may have written as a moment within the next week, for which it would rightly wait. */
    private static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "1",
            "2147483647",
            "2147483648",
            "9223372036854775807",
            "-9223372036854775808",
            "99999999999999999999",
            "1795428930123000",
            "timeout=2147483647,provider=2147483647,task=2147483647",
            "timeout=-5,=,provider",
            "NaN",
            "",
            " 7 ",
            "\0\0\0\0");

    private final Instant farAway = Instant.now().plus(Duration.ofDays(3_000));
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Map<String, AtomicInteger> handled = new ConcurrentHashMap<>();
    private final Set<String> good = ConcurrentHashMap.newKeySet();
    private final ListAppender<ILoggingEvent> sessions = new ListAppender<>();
    private @Nullable StageRuntime<?> runtime;

    @BeforeEach
    void start() throws Exception {
        TestingKafka.freshTopics(2);
        for (Stage stage : Stage.values()) {
            for (String topic : stage.readTopics()) {
                takeAnyTimestamp(topic);
            }
        }
        sessions.start();
        logger().addAppender(sessions);
    }

    /** As a broker does that leaves timestamps to its producers; it learns of a topic's settings some time later. */
    private void takeAnyTimestamp(String topic) throws Exception {
        TestingKafka.configure(topic, "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
        await().atMost(LONGEST).ignoreExceptions().until(() -> {
            TestingKafka.send(List.of(record(topic, farAway.toEpochMilli(), null, null)));
            return true;
        });
    }

    @AfterEach
    void stop() {
        logger().detachAppender(sessions);
        if (runtime != null) {
            runtime.close();
        }
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(StageRuntime.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"DETECT", "FINALIZE", "CALLBACK"})
    void aRecordEndsItsOwnTaskAtMost(Stage stage) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String topic : stage.readTopics()) {
            for (int at = 0; at < HOSTILE; at++) {
                records.add(hostile(topic));
            }
        }
        for (int at = 0; at < GOOD; at++) {
            TaskId id = TaskId.next();
            good.add(id.toString());
            TaskFinished event = event(id, "good");
            ProducerRecord<byte[], byte[]> record = record(stage.workTopic(), null, bytes(id.toString()), value(event));
            Routing.put(record.headers(), stage, event.getContext());
            records.add(record);
        }
        Collections.shuffle(records, random);
        TestingKafka.send(records);

        runtime = runtime(stage);

        await().atMost(LONGEST)
                .untilAsserted(() -> assertThat(left(stage))
                        .as("seed %d", seed)
                        .allSatisfy((_, open) -> assertThat(open).isLessThanOrEqualTo(1)));
        assertThat(sessions.list)
                .as("ended sessions, seed %d", seed)
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
        assertThat(good)
                .as("each good task is handled once, seed %d", seed)
                .allSatisfy(id -> assertThat(handled.getOrDefault(id, new AtomicInteger()))
                        .hasValue(1));
        assertThat(TestingKafka.records(stage.deadLetterTopic()))
                .as("dead letters are as they came, byte for byte")
                .isNotEmpty()
                .allSatisfy(letter -> assertThat(came(records)).contains(ByteBuffer.wrap(value(letter))));
    }

    /** One failure of every kind, by what the generator put into the event. */
    private Outcome handle(TaskFinished in) {
        String id = in.getContext().getTaskId();
        handled.computeIfAbsent(id, _ -> new AtomicInteger()).incrementAndGet();
        return switch (in.getContext().getStyle()) {
            case "throws" -> throw new IllegalStateException("a bug");
            case "asserts" -> throw new AssertionError("a bug");
            case "links" -> throw new NoClassDefFoundError("a bug");
            case "recurses" -> Outcome.failed(Reason.UNCLASSIFIED, "never there: " + recurse(1));
            case "fails" -> Outcome.failed(Reason.PROVIDER_ERROR, "no");
            case "rejects" -> new Outcome.Rejected(Reason.NO_PET, "no");
            default -> Outcome.done();
        };
    }

    @SuppressWarnings("InfiniteRecursion") // meant
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private ProducerRecord<byte[], byte[]> hostile(String topic) {
        TaskId id = TaskId.next();
        byte @Nullable [] key = switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> random(random.nextInt(50));
            default -> bytes(id.toString());
        };
        String[] styles = {"throws", "asserts", "links", "recurses", "fails", "rejects", "done"};
        byte[] whole = value(event(id, styles[random.nextInt(styles.length)]));
        byte @Nullable [] value = switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> random(random.nextInt(300));
            case 2 -> Arrays.copyOf(whole, random.nextInt(whole.length));
            case 3 -> mutated(whole);
            default -> whole;
        };
        Long timestamp = switch (random.nextInt(5)) {
            case 0 -> 0L;
            case 1 -> farAway.toEpochMilli();
            case 2 -> Instant.now().minus(Duration.ofDays(3_000)).toEpochMilli();
            case 3 -> (long) random.nextInt();
            // What was written just now rightly stays in the long-retry topic
            default -> topic.endsWith(".retry-long") ? Long.valueOf(0) : null;
        };
        ProducerRecord<byte[], byte[]> record =
                record(topic, timestamp == null ? null : Math.max(0, timestamp), key, value);
        headers(record.headers());
        return record;
    }

    private void headers(Headers headers) {
        for (int left = random.nextInt(6); left > 0; left--) {
            String name = HEADERS.get(random.nextInt(HEADERS.size()));
            byte @Nullable [] value = switch (random.nextInt(5)) {
                case 0 -> null;
                case 1 -> random(random.nextInt(40));
                case 2 -> random(5_000);
                default -> bytes(NUMBERS.get(random.nextInt(NUMBERS.size())));
            };
            headers.add(name, value);
        }
    }

    private byte[] mutated(byte[] whole) {
        byte[] copy = whole.clone();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt();
        }
        return copy;
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static TaskFinished event(TaskId id, String style) {
        TaskContext context = TaskContext.newBuilder(
                        TestingEvents.accepted(id, style, Duration.ofDays(1)).getContext())
                .build();
        return TaskFinished.newBuilder()
                .setContext(context)
                .setEnding(Ending.CANCELLED)
                .setFinishedAt(Instant.now())
                .build();
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, @Nullable Long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(topic, null, timestamp, key, value);
    }

    private static byte[] value(SpecificRecord event) {
        return TestingEvents.serializer().serialize("topic", event);
    }

    private static byte[] value(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? new byte[0] : record.value();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static Set<ByteBuffer> came(List<ProducerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> ByteBuffer.wrap(record.value() == null ? new byte[0] : record.value()))
                .collect(Collectors.toSet());
    }

    /** Records of each partition that are not committed; 1 may be the marker of the last transaction. */
    private static Map<TopicPartition, Long> left(Stage stage) throws Exception {
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            var committed = admin.listConsumerGroupOffsets(stage.consumerGroup())
                    .partitionsToOffsetAndMetadata()
                    .get();
            Set<TopicPartition> partitions = stage.readTopics().stream()
                    .flatMap(topic -> Stream.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)))
                    .collect(Collectors.toSet());
            var ends = admin.listOffsets(
                            partitions.stream().collect(Collectors.toMap(name -> name, _ -> OffsetSpec.latest())),
                            new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get();
            Map<TopicPartition, Long> left = new HashMap<>();
            ends.forEach((name, end) -> left.put(
                    name,
                    end.offset()
                            - Optional.ofNullable(committed.get(name))
                                    .map(OffsetAndMetadata::offset)
                                    .orElse(0L)));
            return left;
        }
    }

    private StageRuntime<?> runtime(Stage stage) {
        RetryPolicy retry = new RetryPolicy(2, Duration.ofSeconds(20), Duration.ofMillis(20), Duration.ofMillis(100));
        StageRuntime<TaskFinished> started = new StageRuntime<>(
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
        started.start();
        return started;
    }
}
