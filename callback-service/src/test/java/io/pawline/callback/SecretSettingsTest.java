package io.pawline.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.outbound.webhook.WebhookProperties;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Tests that the secrets which sign can be given as the documents and the chart give them. */
class SecretSettingsTest {

    private static final String MASTER = "bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=";
    private static final String SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final PropertySource<?> LOCAL_STACK = new MapPropertySource(
            "local", Map.of("pawline.callback.master-secrets", "x", "pawline.callback.secrets", SHARED));

    @Test
    void aFileReplacesTheSecretsThatEverybodyKnows() throws IOException {
        String file = """
                pawline:
                  callback:
                    master-secrets: %s
                    secrets: []
                """.formatted(MASTER);
        PropertySource<?> own = new YamlPropertySourceLoader()
                .load("own", new ByteArrayResource(file.getBytes(UTF_8)))
                .getFirst();

        WebhookProperties settings = bind(own, LOCAL_STACK);

        assertThat(settings.masterSecrets()).isEqualTo(List.of(MASTER));
        assertThat(settings.secrets()).isEmpty();
    }

    @Test
    void theVariablesOfTheChartSetTheSecrets() {
        PropertySource<?> chart = new SystemEnvironmentPropertySource(
                "systemEnvironment",
                Map.of("PAWLINE_CALLBACK_MASTERSECRETS", MASTER, "PAWLINE_CALLBACK_SECRETS", SHARED + "," + SHARED));

        WebhookProperties settings = bind(chart);

        assertThat(settings.masterSecrets()).isEqualTo(List.of(MASTER));
        assertThat(settings.secrets()).isEqualTo(List.of(SHARED, SHARED));
    }

    private static WebhookProperties bind(PropertySource<?>... firstCounts) {
        MutablePropertySources sources = new MutablePropertySources();
        List.of(firstCounts).forEach(sources::addLast);
        return new Binder(ConfigurationPropertySources.from(sources))
                .bindOrCreate("pawline.callback", WebhookProperties.class);
    }
}
