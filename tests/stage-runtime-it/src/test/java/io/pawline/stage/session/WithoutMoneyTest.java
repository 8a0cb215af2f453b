package io.pawline.stage.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.Ending;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.StageSpec;
import io.pawline.stage.SystemScheduler;
import io.pawline.stage.budget.Money;
import io.pawline.stage.codec.Codec;
import io.pawline.stage.commit.Settlement;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.retry.AttemptHeaders;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** A task for whose call there is no money waits or fails, and never counts as tried. */
class WithoutMoneyTest {

    private final Instant now = Instant.now();

    private final Clock clock = Clock.fixed(now, ZoneOffset.UTC);

    @Test
    void aTaskWaitsForTheNextDay() throws InterruptedException {
        Settlement settlement = settled(new Money.DaySpent(Duration.ofSeconds(100)), true);

        assertWaits(settlement, now.plusSeconds(100), now.plusSeconds(111));
    }

    @Test
    void aLongWaitLooksAgainNowAndThen() throws InterruptedException {
        Settlement settlement = settled(new Money.DaySpent(Duration.ofHours(9)), true);

        assertWaits(settlement, now.plus(Duration.ofMinutes(10)), now.plus(Duration.ofMinutes(11)));
    }

    @Test
    void aTaskThatNobodyAnsweredComesBackSoon() throws InterruptedException {
        Settlement settlement = settled(new Money.Awaited(), true);

        assertWaits(settlement, now.plusSeconds(1), now.plusSeconds(3));
    }

    @Test
    void aTaskFailsWhereNoneWaits() throws InterruptedException {
        assertFails(settled(new Money.DaySpent(Duration.ofHours(9)), false));
    }

    @Test
    void aTaskThatHasSpentItsOwnMoneyFails() throws InterruptedException {
        assertFails(settled(new Money.TaskSpent(), true));
    }

    private static void assertWaits(Settlement settlement, Instant first, Instant last) {
        assertThat(settlement.last()).isFalse();
        assertThat(settlement.records()).singleElement().satisfies(waiting -> {
            assertThat(waiting.topic()).isEqualTo(Stage.DETECT.retryTopic());
            AttemptHeaders headers = AttemptHeaders.of(waiting.headers());
            assertThat(headers.notBefore()).isBetween(first, last);
            assertThat(headers.attempt()).isEqualTo(2);
            assertThat(headers.firstFailedAt())
                    .as("the time to be tried has not begun")
                    .isEmpty();
            assertThat(text(waiting, RecordHeaders.REASON)).isEqualTo(Reason.BUDGET_EXCEEDED.code());
        });
    }

    private static void assertFails(Settlement settlement) {
        assertThat(settlement.last()).isTrue();
        assertThat(settlement.records())
                .extracting(ProducerRecord::topic)
                .containsExactly(Stage.DETECT.deadLetterTopic(), Stage.CALLBACK.workTopic());
        TaskFinished told = TestingEvents.deserializer(TaskFinished.class)
                .deserialize("", settlement.records().getLast().value());
        assertThat(told.getEnding()).isEqualTo(Ending.FAILED);
        assertThat(told.getReason()).contains(Reason.BUDGET_EXCEEDED.code());
    }

    private Settlement settled(Money money, boolean waits) throws InterruptedException {
        StageSpec<TaskAccepted> spec = TestingStage.on(Map.of()).spec();
        Codec<TaskAccepted> codec = new Codec<>(spec, TestingEvents.format(), new SystemScheduler());
        StageMetrics metrics = new StageMetrics(new SimpleMeterRegistry(), Stage.DETECT, clock);
        TaskAccepted task = TestingEvents.accepted(TaskId.next(), "oil", Duration.ofHours(12));
        ConsumerRecord<byte[], byte[]> data = new ConsumerRecord<>(
                Stage.DETECT.workTopic(),
                0,
                0,
                task.getContext().getTaskId().getBytes(UTF_8),
                TestingEvents.serializer().serialize("", task));
        data.headers().add(RecordHeaders.ATTEMPT, "2".getBytes(UTF_8));
        data.headers()
                .add(
                        RecordHeaders.FIRST_FAILED_AT,
                        Long.toString(now.toEpochMilli() - 1).getBytes(UTF_8));
        return new OutcomeResolver<>(spec, codec, clock, new Random(1), metrics, waits)
                .withoutMoney(data, task.getContext(), money);
    }

    private static String text(ProducerRecord<byte[], byte[]> record, String header) {
        return new String(
                Optional.ofNullable(record.headers().lastHeader(header))
                        .orElseThrow()
                        .value(),
                UTF_8);
    }
}
