package io.pawline.outbound.ark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ArkPropertiesTest {

    @Test
    void callsArkInBeijingByDefault() {
        assertThat(bind(Map.of("pawline.ark.api-key", "k1")).baseUrl())
                .isEqualTo(URI.create("https://ark.cn-beijing.volces.com/api/v3"));
        assertThat(bind(Map.of("pawline.ark.api-key", "k1", "pawline.ark.base-url", "http://localhost:9/v3"))
                        .baseUrl())
                .isEqualTo(URI.create("http://localhost:9/v3"));
    }

    @Test
    void requiresAKey() {
        assertThatThrownBy(() -> bind(Map.of())).rootCause().hasMessageContaining("pawline.ark.api-key is not set");
        assertThatThrownBy(() -> bind(Map.of("pawline.ark.api-key", " ")))
                .rootCause()
                .hasMessageContaining("pawline.ark.api-key is not set");
    }

    @Test
    void neverShowsTheKey() {
        assertThat(bind(Map.of("pawline.ark.api-key", "k1-secret")).toString()).doesNotContain("k1-secret");
        assertThatThrownBy(() -> bind(Map.of("pawline.ark.api-key", "k1-secret\nX-Other: 1")))
                .rootCause()
                .hasMessageContaining("pawline.ark.api-key")
                .hasMessageNotContaining("k1-secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ark.example/api", "ftp://ark.example/api", "/api/v3"})
    void refusesABaseUrlThatIsNotValid(String url) {
        assertThatThrownBy(() -> bind(Map.of("pawline.ark.api-key", "k1", "pawline.ark.base-url", url)))
                .rootCause()
                .hasMessageContaining("pawline.ark.base-url");
    }

    private static ArkProperties bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("pawline.ark", ArkProperties.class);
    }
}
