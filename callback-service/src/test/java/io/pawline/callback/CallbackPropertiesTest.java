package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.ReceiverLimiters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CallbackPropertiesTest {

    @Test
    void triesForHoursByDefault() {
        CallbackProperties properties = TestingSettings.with(Map.of());
        assertThat(properties.retrySchedule())
                .containsExactly(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(30),
                        Duration.ofHours(2),
                        Duration.ofHours(6));
    }

    /** Otherwise a final state would come back while its record waits until it is due, and would be sent twice. */
    @Test
    void putsNothingBackThatMayStillBeAtWork() {
        CallbackProperties properties = TestingSettings.with(Map.of());
        Duration longestWait =
                properties.retrySchedule().getLast().multipliedBy(3).dividedBy(2);
        assertThat(properties.reconcileAfter())
                .isGreaterThan(
                        longestWait.plus(TestingSettings.webhooks(Map.of()).maxRetryAfter()))
                .isGreaterThan(properties.stage().maxRetryTime());
    }

    @Test
    void hasDefaultsOfItsOwnForItsStage() {
        CallbackStageProperties stage = TestingSettings.with(Map.of()).stage();
        assertThat(stage.maxInFlight()).isEqualTo(512);
        assertThat(stage.maxRetryTime()).isEqualTo(Duration.ofHours(12));
        assertThat(stage.firstDelay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(stage.breakerCalls()).isEqualTo(20);
        assertThat(stage.breakerFailurePercent()).isEqualTo(90);
    }

    /** The retries deliver what failed. While the breaker is open, nothing is delivered. */
    @Test
    void goesOnCallingAReceiverThatTakesMostOfItsCalls() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            ConcurrencyLimiter receiver = receiver(random);
            for (int call = 0; call < 2_000; call++) {
                call(receiver, random.nextDouble() < 0.4);
                assertThat(receiver.breakerState())
                        .as("call %d, seed %d", call, seed)
                        .isEqualTo(State.CLOSED);
            }
        }
    }

    @Test
    void stopsCallingADeadReceiverSoon() {
        ConcurrencyLimiter receiver = receiver(new Random(1));
        for (int call = 0; call < 200; call++) {
            call(receiver, false);
        }
        for (int call = 0; call < 18; call++) {
            call(receiver, true);
        }
        assertThat(receiver.breakerState()).isEqualTo(State.OPEN);
        ConcurrencyLimiter neverSeen = receiver(new Random(1));
        for (int call = 0; call < 10; call++) {
            call(neverSeen, true);
        }
        assertThat(neverSeen.breakerState()).isEqualTo(State.OPEN);
    }

    private static ConcurrencyLimiter receiver(Random random) {
        return new ReceiverLimiters(
                        TestingSettings.with(Map.of()).stage().receivers("front-end"),
                        8,
                        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                        () -> 0,
                        random)
                .of("https://front-end.example");
    }

    private static void call(ConcurrencyLimiter receiver, boolean fails) {
        try (Permit permit = receiver.tryAcquire().orElseThrow()) {
            permit.called(
                    fails
                            ? CallReport.refused(Reason.CALLBACK_REFUSED, 500)
                            : CallReport.succeeded(200, Optional.empty()),
                    0,
                    1);
        }
    }

    @Test
    void ignoresANumberOfAttemptsBecauseTheScheduleDecides() {
        CallbackProperties properties = TestingSettings.with(Map.of("stage.max-attempts", "0"));
        assertThat(properties.stage().policies(properties.retrySchedule()))
                .isEqualTo(TestingSettings.with(Map.of()).stage().policies(properties.retrySchedule()));
    }

    @Test
    void saysWhichTimeIsNotValid() {
        assertThatThrownBy(() -> TestingSettings.with(Map.of("reconcile-every", "0s")))
                .rootCause()
                .hasMessage("pawline.callback.reconcile-every must be > 0, was PT0S");
        assertThatThrownBy(() -> TestingSettings.with(Map.of("reap-every", "0s")))
                .rootCause()
                .hasMessage("pawline.callback.reap-every must be > 0, was PT0S");
        assertThatThrownBy(() -> TestingSettings.with(Map.of("reap-after", "-1s")))
                .rootCause()
                .hasMessage("pawline.callback.reap-after must be > 0, was PT-1S");
        assertThatThrownBy(() -> TestingSettings.with(Map.of("retry-schedule", "5s,0s")))
                .rootCause()
                .hasMessageContaining("schedule must be > 0");
        assertThatThrownBy(() -> TestingSettings.with(Map.of("stage.breaker-calls", "1")))
                .rootCause()
                .hasMessageContaining("breaker-calls must be > 1");
    }
}
