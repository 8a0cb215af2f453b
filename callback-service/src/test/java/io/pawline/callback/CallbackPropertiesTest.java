package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
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
