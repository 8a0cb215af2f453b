package io.pawline.stage.retry;

import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.stage.dispatch.ReadyQueue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Makes the retry or the dead letter of a record that its stage could not finish: the same key and bytes, with headers
 * that say what happened. Each header is replaced and never added twice, so they do not grow with the attempts. Where
 * the record stood at first is in Spring Kafka's {@code kafka_dlt-*} headers and encodings (<a
 * href="https://docs.spring.io/spring-kafka/reference/kafka/annotation-error-handling.html#dead-letters">Dead-letter
 * publishing</a>), so that other people's tools can read and replay a dead letter.
 *
 * @param reason of the newest failure
 * @param detail of the newest failure, one sentence
 */
public record FailedRecord(
        Stage stage, ConsumerRecord<byte[], byte[]> data, Reason reason, String detail, Instant failedAt) {

    /** A header longer than this says nothing that helps. */
    private static final int MAX_DETAIL = 1_000;

    /** Makes the record for the attempt after the one that the headers describe. */
    public ProducerRecord<byte[], byte[]> retry(AttemptHeaders attemptHeaders, Instant notBefore) {
        ProducerRecord<byte[], byte[]> retry = copyTo(retryTopic(stage, failedAt, notBefore));
        put(retry.headers(), RecordHeaders.ATTEMPT, attemptHeaders.attempt() + 1L);
        put(retry.headers(), RecordHeaders.FAILURES, text(attemptHeaders.failuresAsText()));
        // The moment is rounded up, so that the record never comes before it.
        put(
                retry.headers(),
                RecordHeaders.NOT_BEFORE,
                notBefore.plusNanos(999_999).toEpochMilli());
        return retry;
    }

    /** Makes the record again for an attempt that could not be made yet. The time to be tried begins with that. */
    public ProducerRecord<byte[], byte[]> waiting(Instant notBefore) {
        ProducerRecord<byte[], byte[]> waiting = copyTo(stage.retryTopic());
        waiting.headers().remove(RecordHeaders.FIRST_FAILED_AT);
        put(
                waiting.headers(),
                RecordHeaders.NOT_BEFORE,
                notBefore.plusNanos(999_999).toEpochMilli());
        return waiting;
    }

    /** Makes the same, with the time to be tried beginning at this failure. */
    public ProducerRecord<byte[], byte[]> retryAnew(AttemptHeaders attemptHeaders, Instant notBefore) {
        ProducerRecord<byte[], byte[]> retry = retry(attemptHeaders, notBefore);
        put(retry.headers(), RecordHeaders.FIRST_FAILED_AT, failedAt.toEpochMilli());
        return retry;
    }

    /**
     * Moves a record that has been in the long-retry topic for its time: back to its end, or to the retry topic, where
     * it waits for its moment.
     */
    static ProducerRecord<byte[], byte[]> hop(Stage stage, ConsumerRecord<byte[], byte[]> data, Instant now) {
        String topic = retryTopic(stage, now, AttemptHeaders.notBefore(data.headers(), now));
        return new ProducerRecord<>(topic, null, data.key(), data.value(), data.headers());
    }

    /**
     * Moves a record that waits for a stalled receiver out of the way of the others. It has not failed. It comes back
     * at once, among the retries, or when it has been in the long-retry topic. The time to be tried runs for one that
     * was a retry already.
     */
    public static ProducerRecord<byte[], byte[]> deferred(Stage stage, ReadyQueue.Overflow overflow, Instant now) {
        ConsumerRecord<byte[], byte[]> data = overflow.item().data();
        String topic = overflow.forLong() ? stage.longRetryTopic().orElse(stage.retryTopic()) : stage.retryTopic();
        ProducerRecord<byte[], byte[]> deferred =
                new ProducerRecord<>(topic, null, data.key(), data.value(), data.headers());
        putOrigin(deferred.headers(), data);
        if (overflow.item().isRetry()) {
            putFirstFailedAt(deferred.headers(), now);
        }
        if (overflow.forLong()) {
            put(
                    deferred.headers(),
                    RecordHeaders.NOT_BEFORE,
                    now.plus(Topics.LONG_RETRY_HOP).toEpochMilli());
        }
        return deferred;
    }

    /** Returns the code of the reason of the newest failure that a retry carries; empty if it has not failed. */
    public static Optional<String> lastReason(ConsumerRecord<byte[], byte[]> data) {
        return last(data, RecordHeaders.REASON);
    }

    /** Returns the detail of the newest failure that a retry carries; empty for a record that has not failed. */
    public static Optional<String> lastDetail(ConsumerRecord<byte[], byte[]> data) {
        return last(data, RecordHeaders.DETAIL);
    }

    private static Optional<String> last(ConsumerRecord<byte[], byte[]> data, String header) {
        return Optional.ofNullable(data.headers().lastHeader(header))
                .map(Header::value)
                .map(value -> new String(value, StandardCharsets.UTF_8))
                .map(text -> text.substring(0, Math.min(text.length(), MAX_DETAIL)));
    }

    private static String retryTopic(Stage stage, Instant now, Instant notBefore) {
        return notBefore.isAfter(now.plus(Topics.LONG_RETRY_HOP))
                ? stage.longRetryTopic().orElse(stage.retryTopic())
                : stage.retryTopic();
    }

    public ProducerRecord<byte[], byte[]> deadLetter() {
        ProducerRecord<byte[], byte[]> deadLetter = copyTo(stage.deadLetterTopic());
        Headers headers = deadLetter.headers();
        AttemptHeaders attemptHeaders = AttemptHeaders.of(data.headers());
        put(headers, RecordHeaders.ATTEMPT, attemptHeaders.attempt());
        if (RetryBackoff.counts(reason.scope())) {
            put(
                    headers,
                    RecordHeaders.FAILURES,
                    text(attemptHeaders.failed(reason.scope()).failuresAsText()));
        }
        headers.remove(RecordHeaders.NOT_BEFORE);
        put(headers, "kafka_dlt-exception-message", text(reason.code() + ": " + detail));
        put(headers, "kafka_dlt-original-consumer-group", text(stage.consumerGroup()));
        return deadLetter;
    }

    private ProducerRecord<byte[], byte[]> copyTo(String topic) {
        ProducerRecord<byte[], byte[]> copy =
                new ProducerRecord<>(topic, null, data.key(), data.value(), data.headers());
        Headers headers = copy.headers();
        put(headers, RecordHeaders.REASON, text(reason.code()));
        put(headers, RecordHeaders.DETAIL, text(detail));
        putFirstFailedAt(headers, failedAt);
        putOrigin(headers, data);
        return copy;
    }

    /** Keeps the first moment. One that has not come yet is foreign, and would have the task tried for ever. */
    private static void putFirstFailedAt(Headers headers, Instant at) {
        boolean known = AttemptHeaders.of(headers)
                .firstFailedAt()
                .filter(first -> !first.isAfter(at))
                .isPresent();
        if (!known) {
            put(headers, RecordHeaders.FIRST_FAILED_AT, at.toEpochMilli());
        }
    }

    private static void putOrigin(Headers headers, ConsumerRecord<byte[], byte[]> data) {
        if (headers.lastHeader("kafka_dlt-original-topic") == null) {
            put(headers, "kafka_dlt-original-topic", text(data.topic()));
            put(
                    headers,
                    "kafka_dlt-original-partition",
                    bytes(Integer.BYTES).putInt(data.partition()).array());
            put(
                    headers,
                    "kafka_dlt-original-offset",
                    bytes(Long.BYTES).putLong(data.offset()).array());
            put(
                    headers,
                    "kafka_dlt-original-timestamp",
                    bytes(Long.BYTES).putLong(data.timestamp()).array());
            put(
                    headers,
                    "kafka_dlt-original-timestamp-type",
                    text(data.timestampType().toString()));
        }
    }

    private static void put(Headers headers, String name, long value) {
        put(headers, name, text(Long.toString(value)));
    }

    private static void put(Headers headers, String name, byte[] value) {
        headers.remove(name).add(new RecordHeader(name, value));
    }

    private static byte[] text(String value) {
        String bounded = value.length() <= MAX_DETAIL ? value : value.substring(0, MAX_DETAIL);
        return bounded.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size);
    }
}
