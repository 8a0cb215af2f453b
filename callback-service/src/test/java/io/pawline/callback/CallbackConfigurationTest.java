package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.TaskFinished;
import io.pawline.stage.StageSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallbackConfigurationTest {

    @Test
    void limitsEachReceiverAloneAndFollowsTheSchedule() {
        List<Duration> schedule = List.of(Duration.ofSeconds(1), Duration.ofSeconds(2));
        CallbackProperties properties = TestingSettings.with(Map.of("retry-schedule", "1s,2s"));

        StageSpec<TaskFinished> stage = new CallbackConfiguration().stage(properties);

        assertThat(stage.receiverQueues()).isTrue();
        assertThat(stage.provider()).hasValueSatisfying(receivers -> {
            assertThat(receivers.adaptiveLimit()).isTrue();
            assertThat(receivers.breaker()).isPresent();
        });
        assertThat(stage.policies().retry().schedule()).isEqualTo(schedule);
    }
}
