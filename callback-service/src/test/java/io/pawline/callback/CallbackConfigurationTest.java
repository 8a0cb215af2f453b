package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pawline.events.TaskFinished;
import io.pawline.outbound.webhook.WebhookProperties;
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

    @Test
    void doesNotStartIfNothingWouldSign() {
        WebhookProperties nothing = TestingSettings.webhooks(Map.of("secrets", ""));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CallbackConfiguration().webhookSecrets(nothing))
                .withMessageContaining("pawline.callback.master-secrets")
                .withMessageContaining("pawline.callback.secrets");
    }
}
