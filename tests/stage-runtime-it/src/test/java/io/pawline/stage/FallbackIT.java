package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.described;
import static io.pawline.testkit.TestingRecords.ledger;
import static io.pawline.testkit.TestingRecords.tasks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.controls.ControlPublisher;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallPhase;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.Fallbacks.Fallback;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shows that a stage with a second provider needs the first one no more than that. */
class FallbackIT {

    private static final String SECOND = "own-model";
    private static final BreakerPolicy BREAKER = new BreakerPolicy(65, 4, Duration.ofMinutes(5), Duration.ofMinutes(5));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ControlPublisher controlPublisher =
            new ControlPublisher(TestingKafka.connection(), TestingEvents.serializer(), Clock.systemUTC());
    private volatile boolean down;
    private volatile boolean bothBusyAtFirst;

    private final StageRuntime<TaskAccepted> stage = TestingStage.on(TestingKafka.connection())
            .breaker(BREAKER)
            .meters(meters)
            .fallbacks(new Fallbacks(
                    Fallbacks.Policy.STANDBY,
                    Duration.ofSeconds(1),
                    List.of(new Fallback(new ProviderPolicies(SECOND, true, Optional.empty(), 0, 0), 8))))
            .runtime(this::call);

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @AfterEach
    void stop() {
        stage.close();
        controlPublisher.close();
    }

    private Outcome call(TaskAccepted in, Attempt attempt) throws InterruptedException {
        if (bothBusyAtFirst && attempt.number() == 1) {
            Instant muchLater = Instant.now().plusSeconds(3_600);
            return attempt.call(_ -> new OutsideCall.Answer<>(
                    Outcome.failed(Reason.OVERLOADED, "busy", Optional.of(muchLater)), busyUntil(muchLater)));
        }
        return attempt.call(place -> place == 0 && down
                ? new OutsideCall.Answer<>(
                        Outcome.failed(Reason.PROVIDER_ERROR, "down"), CallReport.refused(Reason.PROVIDER_ERROR, 500))
                : new OutsideCall.Answer<>(described(in), CallReport.succeeded(200, Optional.empty())));
    }

    @Test
    void whileTheFirstProviderWorksNobodyCallsTheSecond() {
        TestingKafka.send(tasks(30, "oil"));
        stage.start();

        awaitRecords("pawline.generate", 30);

        assertThat(calls(SECOND)).isEmpty();
        assertThat(calls(TestingStage.PROVIDER)).hasSize(30);
    }

    @Test
    void whenTheFirstProviderIsDownTheSecondDoesItsTasks() {
        down = true;
        TestingKafka.send(tasks(30, "oil"));
        stage.start();

        awaitRecords("pawline.generate", 30);

        await().untilAsserted(() -> assertThat(calls(SECOND)).hasSize(30));
        // The breaker opens, and as many calls as may be in flight can have begun by then
        assertThat(calls(TestingStage.PROVIDER))
                .hasSizeBetween(2, 8)
                .allMatch(call -> call.getReason()
                        .filter(Reason.PROVIDER_ERROR.code()::equals)
                        .isPresent());
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
        assertThat(gauge("pawline.stage.provider.open", TestingStage.PROVIDER)).isZero();
        assertThat(gauge("pawline.stage.provider.open", SECOND)).isEqualTo(1);
        assertThat(meters.get("pawline.stage.open").gauge().value()).isEqualTo(1);
        assertThat(meters.get("pawline.stage.provider.calls")
                        .tag("provider", SECOND)
                        .counter()
                        .count())
                .isEqualTo(30);
    }

    @Test
    void aCallThatFailsFindsAPlaceAtTheNextProviderAtOnce() {
        stage.start();
        await().until(() -> gauge("pawline.stage.provider.limit", SECOND) >= 1);
        down = true;

        TestingKafka.send(tasks(1, "oil"));

        awaitRecords("pawline.generate", 1);
        await().untilAsserted(() -> assertThat(calls(SECOND)).hasSize(1));
        assertThat(calls(TestingStage.PROVIDER)).hasSize(1);
        assertThat(calls(SECOND).getFirst().getAttempt())
                .as("in the same attempt")
                .isEqualTo(1);
        assertThat(TestingKafka.records("pawline.detect.retry")).isEmpty();
    }

    @Test
    void aProviderThatIsSwitchedOffIsNotCalled() {
        controlPublisher.switchOff(TestingStage.PROVIDER, "operator", "its pictures are wrong");
        TestingKafka.send(tasks(10, "oil"));
        stage.start();

        awaitRecords("pawline.generate", 10);
        assertThat(calls(TestingStage.PROVIDER)).isEmpty();

        controlPublisher.switchOn(TestingStage.PROVIDER, "operator", "they are right again");
        await().until(() -> gauge("pawline.stage.provider.open", TestingStage.PROVIDER) == 1);
        TestingKafka.send(tasks(10, "oil"));
        awaitRecords("pawline.generate", 20);

        await().untilAsserted(() -> assertThat(calls(TestingStage.PROVIDER)).isNotEmpty());
    }

    @Test
    void theMomentThatOneProviderNamedBindsNoOther() {
        bothBusyAtFirst = true;
        TestingKafka.send(tasks(1, "oil"));
        stage.start();

        awaitRecords("pawline.generate", 1);

        // The second provider is called in the first attempt if its lease is there by then
        await().untilAsserted(() -> assertThat(calls(TestingStage.PROVIDER)).hasSize(2));
        assertThat(calls(SECOND)).hasSizeLessThan(2);
    }

    private static CallReport busyUntil(Instant moment) {
        return new CallReport(
                Optional.of(Reason.OVERLOADED),
                CallPhase.DONE,
                Optional.of(429),
                Optional.empty(),
                Optional.empty(),
                Optional.of(moment));
    }

    private double gauge(String name, String provider) {
        return meters.get(name).tag("provider", provider).gauge().value();
    }

    private static List<CallAttempt> calls(String provider) {
        return ledger().stream()
                .filter(call ->
                        call.getMoment() == CallMoment.END && call.getProvider().equals(provider))
                .toList();
    }
}
