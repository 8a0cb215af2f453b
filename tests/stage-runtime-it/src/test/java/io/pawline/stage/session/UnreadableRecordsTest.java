package io.pawline.stage.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.StageSpec;
import io.pawline.stage.SystemScheduler;
import io.pawline.stage.codec.Codec;
import io.pawline.stage.commit.Settlement;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

/** Each record is two minutes older than its first failure, and the registry does not know its schema now. */
class UnreadableRecordsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

    @Test
    void whatWasAskedForAllTheTimeIsGivenUp() throws InterruptedException {
        Settlement settlement = settlement(Reason.UNDECODABLE, Duration.ofSeconds(2));

        assertThat(settlement.records())
                .extracting(published -> published.topic())
                .containsExactly(Stage.DETECT.deadLetterTopic(), Stage.CALLBACK.workTopic());
    }

    @Test
    void whatFailedForAnotherReasonIsAskedForAnew() throws InterruptedException {
        assertIsAskedForAnew(settlement(Reason.PROVIDER_ERROR, Duration.ofSeconds(2)));
    }

    @Test
    void whatWaitedLongForItsTurnIsAskedForAnew() throws InterruptedException {
        assertIsAskedForAnew(settlement(Reason.UNDECODABLE, Duration.ofSeconds(90)));
    }

    private static void assertIsAskedForAnew(Settlement settlement) {
        assertThat(settlement.records()).singleElement().satisfies(retry -> {
            assertThat(retry.topic()).isEqualTo(Stage.DETECT.retryTopic());
            Header since = retry.headers().lastHeader(RecordHeaders.FIRST_FAILED_AT);
            assertThat(new String(since.value(), UTF_8)).isEqualTo(Long.toString(NOW.toEpochMilli()));
        });
    }

    private Settlement settlement(Reason last, Duration late) throws InterruptedException {
        StageSpec<TaskAccepted> spec = TestingStage.on(Map.of()).spec();
        Codec<TaskAccepted> codec = new Codec<>(spec, TestingEvents.format(), new SystemScheduler());
        StageMetrics metrics = new StageMetrics(new SimpleMeterRegistry(), Stage.DETECT, clock);
        OutcomeResolver<TaskAccepted> resolver =
                new OutcomeResolver<>(spec, codec, clock, new Random(1), metrics, true);
        return resolver.unknownSchema(record(last, NOW.minus(late)), "the registry does not know it");
    }

    private static ConsumerRecord<byte[], byte[]> record(Reason last, Instant due) {
        byte[] key = TaskId.next().toString().getBytes(UTF_8);
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(Stage.DETECT.retryTopic(), 0, 0, key, new byte[] {1});
        put(record, RecordHeaders.REASON, last.code());
        put(record, RecordHeaders.ATTEMPT, "4");
        put(record, RecordHeaders.NOT_BEFORE, Long.toString(due.toEpochMilli()));
        put(
                record,
                RecordHeaders.FIRST_FAILED_AT,
                Long.toString(NOW.minus(Duration.ofMinutes(2)).toEpochMilli()));
        return record;
    }

    private static void put(ConsumerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(UTF_8));
    }
}
