package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.Ending;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Generates records that no stage and no front end would write: random and mutated bytes, headers, keys and timestamps.
 * The same seed gives the same records but for the ids of their tasks. For one thread.
 */
final class HostileRecords {

    /** The styles of the events, by which a handler knows how to fail. */
    private static final List<String> STYLES =
            List.of("throws", "asserts", "links", "recurses", "fails", "rejects", "done");

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

    private final Instant now = Instant.now();
    private final Instant farAway = now.plus(Duration.ofDays(3_000));
    private final Random random;

    HostileRecords(long seed) {
        this.random = new Random(seed);
    }

    /** A record that a producer with a wrong clock could have written: it has nothing but a moment in years. */
    ProducerRecord<byte[], byte[]> farAway(String topic) {
        return record(topic, farAway.toEpochMilli(), null, null);
    }

    /** A record as a stage writes it, whose task is done at its first attempt. */
    ProducerRecord<byte[], byte[]> good(Stage stage, TaskId id) {
        TaskFinished event = event(id, "good");
        ProducerRecord<byte[], byte[]> record = record(stage.workTopic(), null, bytes(id.toString()), value(event));
        Routing.put(record.headers(), stage, event.getContext());
        return record;
    }

    /** A record of which the key, the value, the timestamp and each header may be anything. */
    ProducerRecord<byte[], byte[]> hostile(String topic) {
        TaskId id = TaskId.next();
        byte @Nullable [] key = switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> random(random.nextInt(50));
            default -> bytes(id.toString());
        };
        byte[] whole = value(event(id, STYLES.get(random.nextInt(STYLES.size()))));
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
            case 2 -> now.minus(Duration.ofDays(3_000)).toEpochMilli();
            case 3 -> (long) random.nextInt(Integer.MAX_VALUE);
            // What was written just now rightly stays in the long-retry topic
            default -> topic.endsWith(".retry-long") ? Long.valueOf(0) : null;
        };
        ProducerRecord<byte[], byte[]> record = record(topic, timestamp, key, value);
        headers(record.headers());
        return record;
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, @Nullable Long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(topic, null, timestamp, key, value);
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

    private TaskFinished event(TaskId id, String style) {
        return TaskFinished.newBuilder()
                .setContext(
                        TestingEvents.accepted(id, style, Duration.ofDays(1)).getContext())
                .setEnding(Ending.CANCELLED)
                .setFinishedAt(now)
                .build();
    }

    private static byte[] value(TaskFinished event) {
        return TestingEvents.serializer().serialize("topic", event);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
