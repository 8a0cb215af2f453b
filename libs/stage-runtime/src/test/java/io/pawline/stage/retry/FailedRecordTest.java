package io.pawline.stage.retry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.stage.dispatch.ReadyQueue;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class FailedRecordTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @Test
    void keepsKeyBytesAndForeignHeaders() {
        ConsumerRecord<byte[], byte[]> data = received();
        data.headers().add("traceparent", "00-1-2-01".getBytes(UTF_8));

        ProducerRecord<byte[], byte[]> deadLetter = failed(data, NOW).deadLetter();

        assertThat(deadLetter.topic()).isEqualTo("pawline.matting.dlt");
        assertThat(deadLetter.key()).isEqualTo(data.key());
        assertThat(deadLetter.value()).isEqualTo(data.value());
        assertThat(text(deadLetter.headers(), "traceparent")).isEqualTo("00-1-2-01");
        assertThat(text(deadLetter.headers(), "kafka_dlt-exception-message")).isEqualTo("read_timeout: no answer");
        assertThat(text(deadLetter.headers(), "kafka_dlt-original-consumer-group"))
                .isEqualTo("pawline.matting");
    }

    @Test
    void headersDoNotGrowWithTheAttempts() {
        ProducerRecord<byte[], byte[]> retry =
                failed(received(), NOW).retry(AttemptHeaders.of(received().headers()), NOW.plusSeconds(1));
        int size = retry.headers().toArray().length;
        for (int attempt = 3; attempt < 50; attempt++) {
            AttemptHeaders attemptHeaders = AttemptHeaders.of(retry.headers()).failed(Reason.Scope.TIMEOUT);
            retry = failed(receivedAgain(retry), NOW.plusSeconds(attempt))
                    .retry(attemptHeaders, NOW.plusSeconds(attempt));
            assertThat(retry.headers().toArray()).hasSize(size);
        }
        assertThat(AttemptHeaders.of(retry.headers()))
                .isEqualTo(new AttemptHeaders(
                        49, NOW.plusSeconds(49), Optional.of(NOW), Map.of(Reason.Scope.TIMEOUT, 47)));
    }

    @Test
    void saysWhereTheRecordStoodAtFirstAndNotInTheRetryTopic() {
        ProducerRecord<byte[], byte[]> retry =
                failed(received(), NOW).retry(AttemptHeaders.of(received().headers()), NOW);

        Headers deadLetter = failed(receivedAgain(retry), NOW).deadLetter().headers();

        assertThat(text(deadLetter, "kafka_dlt-original-topic")).isEqualTo("pawline.matting");
        assertThat(deadLetter.lastHeader(RecordHeaders.NOT_BEFORE)).isNull();
        assertThat(text(deadLetter, RecordHeaders.ATTEMPT)).isEqualTo("2");
    }

    @Test
    void aDeadLetterSaysWhatFailedAndWhereItStood() {
        Headers headers = failed(received(), NOW).deadLetter().headers();

        assertThat(text(headers, RecordHeaders.REASON)).isEqualTo("read_timeout");
        assertThat(text(headers, RecordHeaders.DETAIL)).isEqualTo("no answer");
        assertThat(text(headers, RecordHeaders.ATTEMPT)).isEqualTo("1");
        assertThat(text(headers, RecordHeaders.FAILURES)).isEqualTo("timeout=1");
        assertThat(ByteBuffer.wrap(headers.lastHeader("kafka_dlt-original-partition")
                                .value())
                        .getInt())
                .isEqualTo(3);
        assertThat(ByteBuffer.wrap(
                                headers.lastHeader("kafka_dlt-original-offset").value())
                        .getLong())
                .isEqualTo(42);
        assertThat(ByteBuffer.wrap(headers.lastHeader("kafka_dlt-original-timestamp")
                                .value())
                        .getLong())
                .isEqualTo(received().timestamp());
        assertThat(text(headers, "kafka_dlt-original-timestamp-type"))
                .isEqualTo(received().timestampType().toString());
    }

    @Test
    void aFailureThatIsNoFaultOfTheTaskIsNotCounted() {
        FailedRecord overload = new FailedRecord(Stage.MATTING, received(), Reason.RATE_LIMITED, "later", NOW);

        assertThat(overload.deadLetter().headers().lastHeader(RecordHeaders.FAILURES))
                .isNull();
    }

    @Test
    void theNewestFailureIsReadFromARetry() {
        ProducerRecord<byte[], byte[]> retry =
                failed(received(), NOW).retry(AttemptHeaders.of(received().headers()), NOW);

        assertThat(FailedRecord.lastReason(receivedAgain(retry))).contains("read_timeout");
        assertThat(FailedRecord.lastDetail(receivedAgain(retry))).contains("no answer");
        assertThat(FailedRecord.lastReason(received())).isEmpty();
        assertThat(FailedRecord.lastDetail(received())).isEmpty();
    }

    @Test
    void aLongWaitIsSpentInTheTopicOfLongRetries() {
        FailedRecord failed =
                new FailedRecord(Stage.CALLBACK, received(), Reason.CALLBACK_REFUSED, "answered 500", NOW);
        AttemptHeaders headers = AttemptHeaders.of(received().headers());
        Instant hop = NOW.plus(Topics.LONG_RETRY_HOP);

        assertThat(failed.retry(headers, hop).topic()).isEqualTo("pawline.callback.retry");
        assertThat(failed.retry(headers, hop.plusMillis(1)).topic()).isEqualTo("pawline.callback.retry-long");
    }

    @Test
    void theTimeToBeTriedRunsFromTheFirstFailureThatWas() {
        ConsumerRecord<byte[], byte[]> before = withFirstFailure(NOW.minusSeconds(60));
        ConsumerRecord<byte[], byte[]> foreign = withFirstFailure(NOW.plusMillis(1));

        assertThat(firstFailure(failed(before, NOW).retry(AttemptHeaders.of(before.headers()), NOW)))
                .contains(NOW.minusSeconds(60));
        assertThat(firstFailure(failed(before, NOW).retryAnew(AttemptHeaders.of(before.headers()), NOW)))
                .contains(NOW);
        assertThat(firstFailure(failed(foreign, NOW).retry(AttemptHeaders.of(foreign.headers()), NOW)))
                .contains(NOW);
    }

    private static ConsumerRecord<byte[], byte[]> withFirstFailure(Instant at) {
        ConsumerRecord<byte[], byte[]> data = received();
        data.headers()
                .add(
                        RecordHeaders.FIRST_FAILED_AT,
                        Long.toString(at.toEpochMilli()).getBytes(UTF_8));
        return data;
    }

    private static Optional<Instant> firstFailure(ProducerRecord<byte[], byte[]> retry) {
        return AttemptHeaders.of(retry.headers()).firstFailedAt();
    }

    @Test
    void boundsTheDetail() {
        FailedRecord failed =
                new FailedRecord(Stage.MATTING, received(), Reason.PROVIDER_ERROR, "x".repeat(50_000), NOW);

        assertThat(text(failed.deadLetter().headers(), RecordHeaders.DETAIL)).hasSize(1_000);
    }

    @Test
    void takesUnreadableHeadersForAFirstAttempt() {
        ConsumerRecord<byte[], byte[]> data = received();
        data.headers()
                .add(RecordHeaders.ATTEMPT, "many".getBytes(UTF_8))
                .add(RecordHeaders.NOT_BEFORE, new byte[] {1})
                .add(RecordHeaders.FAILURES, "=,timeout,provider=x,nothing=3,timeout=".getBytes(UTF_8));

        assertThat(AttemptHeaders.of(data.headers()))
                .isEqualTo(new AttemptHeaders(1, Instant.EPOCH, Optional.empty(), Map.of()));
    }

    @Test
    void whatIsParkedHasNotFailedButItsTimeRunsFromTheSecondTimeOn() {
        ProducerRecord<byte[], byte[]> fresh = deferred(received(), false, false);
        assertThat(fresh.topic()).isEqualTo("pawline.callback.retry");
        assertThat(text(fresh.headers(), "kafka_dlt-original-topic")).isEqualTo("pawline.matting");
        assertThat(AttemptHeaders.of(fresh.headers()))
                .isEqualTo(AttemptHeaders.of(received().headers()));

        ProducerRecord<byte[], byte[]> again = deferred(receivedAgain(fresh), true, false);
        assertThat(again.topic()).isEqualTo("pawline.callback.retry");
        assertThat(AttemptHeaders.of(again.headers()))
                .isEqualTo(new AttemptHeaders(1, Instant.EPOCH, Optional.of(NOW), Map.of()));

        ProducerRecord<byte[], byte[]> forLong = deferred(receivedAgain(again), true, true);
        assertThat(forLong.topic()).isEqualTo("pawline.callback.retry-long");
        assertThat(AttemptHeaders.of(forLong.headers()))
                .isEqualTo(new AttemptHeaders(1, NOW.plus(Topics.LONG_RETRY_HOP), Optional.of(NOW), Map.of()));
    }

    private static ProducerRecord<byte[], byte[]> deferred(
            ConsumerRecord<byte[], byte[]> data, boolean retry, boolean forLong) {
        AssignedPartition partition =
                new AssignedPartition(new TopicPartition(data.topic(), data.partition()), retry, null);
        return FailedRecord.deferred(
                Stage.CALLBACK, new ReadyQueue.Overflow(new WorkItem(partition, data), forLong), NOW);
    }

    private static FailedRecord failed(ConsumerRecord<byte[], byte[]> data, Instant at) {
        return new FailedRecord(Stage.MATTING, data, Reason.READ_TIMEOUT, "no answer", at);
    }

    private static ConsumerRecord<byte[], byte[]> received() {
        return new ConsumerRecord<>("pawline.matting", 3, 42, "key".getBytes(UTF_8), new byte[] {0, 1, 2});
    }

    private static ConsumerRecord<byte[], byte[]> receivedAgain(ProducerRecord<byte[], byte[]> sent) {
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                7,
                NOW.toEpochMilli(),
                TimestampType.CREATE_TIME,
                3,
                3,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), UTF_8);
    }
}
