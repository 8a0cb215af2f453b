package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ClassPathResource;

class CallbackPropertiesTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @Test
    void keepsTryingForADayUnlessToldOtherwise() throws IOException {
        CallbackProperties properties = bind(Map.of("pawline.callback.secrets", SECRET));
        assertThat(properties.secrets()).containsExactly(SECRET);
        assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(properties.stage().maxRetryTime()).isEqualTo(Duration.ofHours(24));
        assertThat(properties.stage().maxAttempts()).isEqualTo(100);
        assertThat(properties.stage().maxDelay()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void takesSeveralSecrets() throws IOException {
        CallbackProperties properties = bind(Map.of("pawline.callback.secrets", "whsec_QUJDREVG," + SECRET));
        assertThat(properties.secrets()).isEqualTo(List.of("whsec_QUJDREVG", SECRET));
        assertThat(properties).asString().doesNotContain("whsec_");
    }

    @Test
    void needsASecret() {
        assertThatThrownBy(() -> bind(Map.of()))
                .isInstanceOf(BindException.class)
                .rootCause()
                .hasMessageContaining("pawline.callback.secrets is not set");
    }

    private static CallbackProperties bind(Map<String, Object> given) throws IOException {
        MutablePropertySources sources = new MutablePropertySources();
        sources.addLast(new MapPropertySource("given", given));
        new YamlPropertySourceLoader()
                .load("service", new ClassPathResource("callback-service.yaml"))
                .forEach(sources::addLast);
        return new Binder(ConfigurationPropertySources.from(sources))
                .bind("pawline.callback", CallbackProperties.class)
                .get();
    }
}
