package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.provider.ProviderPolicies;
import io.pawline.stage.spring.StageProperties;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;

class CallbackConfigurationTest {

    @Test
    void limitsNoReceiverForTheSakeOfAnother() {
        StageProperties defaults = new Binder().bindOrCreate("stage", StageProperties.class);
        CallbackProperties properties = new CallbackProperties(
                List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofHours(1),
                defaults);

        assertThat(new CallbackConfiguration().stage(properties).provider())
                .hasValue(new ProviderPolicies("front-end", false, Optional.empty(), 0, 0));
        assertThat(defaults.provider("front-end").adaptiveLimit()).isTrue();
    }
}
