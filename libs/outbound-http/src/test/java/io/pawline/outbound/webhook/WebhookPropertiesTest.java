package io.pawline.outbound.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class WebhookPropertiesTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String MASTER = "bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=";

    @Test
    void needsNoSecretWhereNothingIsSigned() {
        WebhookProperties properties = bind(Map.of());
        assertThat(properties.signingSecrets().derivesSecrets()).isFalse();
        assertThat(properties.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(properties.maxRetryAfter()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void takesSeveralSecretsOfEachKindAndShowsNone() {
        WebhookProperties properties = bind(Map.of(
                "master-secrets", MASTER + "," + MASTER,
                "secrets", "whsec_QUJDREVG," + SECRET,
                "tenant-secrets.shop", "whsec_QUJDREVH"));
        assertThat(properties.masterSecrets()).hasSize(2);
        assertThat(properties.secrets()).isEqualTo(List.of("whsec_QUJDREVG", SECRET));
        assertThat(properties.tenantSecrets()).isEqualTo(Map.of("shop", List.of("whsec_QUJDREVH")));
        assertThat(properties).asString().contains("shop").doesNotContain("whsec_", MASTER);
    }

    @Test
    void saysWhichValueIsNotValid() {
        assertThatThrownBy(() -> bind(Map.of("max-retry-after", "0s")))
                .rootCause()
                .hasMessage("pawline.callback.max-retry-after must be > 0, was PT0S");
        assertThatThrownBy(() -> bind(Map.of("timeout", "0s"))).rootCause().hasMessageContaining("must be > 0");
        assertThatThrownBy(() -> bind(Map.of("master-secrets", "short")))
                .rootCause()
                .hasMessageContaining("pawline.callback.master-secrets[0]");
    }

    private static WebhookProperties bind(Map<String, String> given) {
        Map<String, String> named = new HashMap<>();
        given.forEach((name, value) -> named.put("pawline.callback." + name, value));
        return new Binder(new MapConfigurationPropertySource(named))
                .bindOrCreate("pawline.callback", WebhookProperties.class);
    }
}
