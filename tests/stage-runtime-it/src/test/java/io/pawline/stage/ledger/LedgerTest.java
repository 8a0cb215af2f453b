package io.pawline.stage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.stage.Scheduler;
import io.pawline.stage.SystemScheduler;
import io.pawline.stage.codec.Codec;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What a call waits for goes to the broker at once; the rest of the ledger goes together. */
class LedgerTest {

    private final MockProducer<byte[], byte[]> awaited = producer();
    private final MockProducer<byte[], byte[]> later = producer();
    private final Clock clock = Clock.systemUTC();
    private final Scheduler scheduler = new SystemScheduler();
    private final Ledger ledger = new Ledger(
            awaited,
            later,
            new Codec<>(TestingStage.on(Map.of()).spec(), TestingEvents.format(), scheduler),
            clock,
            scheduler,
            "test");

    @Test
    void onlyTheBeginningOfAPaidCallGoesAtOnce() throws InterruptedException {
        CallAttempt call = call();

        ledger.begins(call, true);
        CallAttempt end = ended(call);
        ledger.orphaned(end);

        assertThat(moments(awaited)).containsExactly(CallMoment.START);
        assertThat(moments(later)).containsExactly(CallMoment.END, CallMoment.END);
    }

    @Test
    void theEventsOfACallThatIsNotPaidKeepTheirOrder() throws InterruptedException {
        CallAttempt call = call();

        ledger.begins(call, false);
        var _ = ended(call);

        assertThat(awaited.history()).isEmpty();
        assertThat(moments(later)).containsExactly(CallMoment.START, CallMoment.END);
    }

    @Test
    void closesBothProducers() {
        ledger.close();

        assertThat(awaited.closed()).isTrue();
        assertThat(later.closed()).isTrue();
    }

    private CallAttempt ended(CallAttempt call) throws InterruptedException {
        return ledger.ended(call, CallReport.succeeded(200, Optional.empty()), Duration.ofSeconds(1), 7);
    }

    private CallAttempt call() {
        return CallAttempt.newBuilder()
                .setContext(TestingEvents.accepted(TaskId.next(), "oil", Duration.ofHours(1))
                        .getContext())
                .setCallId("call")
                .setMoment(CallMoment.START)
                .setAt(clock.instant())
                .setStage("detect")
                .setProvider("ark")
                .setAttempt(1)
                .setInstance("test")
                .setInFlight(1)
                .setLimit(1)
                .build();
    }

    private static List<CallMoment> moments(MockProducer<byte[], byte[]> producer) {
        return producer.history().stream()
                .map(event -> TestingEvents.deserializer(CallAttempt.class)
                        .deserialize(Topics.ATTEMPTS, event.value())
                        .getMoment())
                .toList();
    }

    private static MockProducer<byte[], byte[]> producer() {
        return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
