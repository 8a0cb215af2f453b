package io.pawline.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class OutboundPropertiesTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of())).isEqualTo(OutboundProperties.allowing());
    }

    @Test
    void bindsEverySetting() {
        assertThat(bind(Map.of(
                        "pawline.outbound.allow", "127.0.0.0/8, minio",
                        "pawline.outbound.connect-timeout", "1s",
                        "pawline.outbound.fetch-timeout", "2s",
                        "pawline.outbound.max-redirects", "0",
                        "pawline.outbound.max-image-size", "1MB",
                        "pawline.outbound.max-image-pixels", "5",
                        "pawline.outbound.keep-alive", "6s")))
                .isEqualTo(new OutboundProperties(
                        List.of("127.0.0.0/8", "minio"),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        0,
                        DataSize.ofMegabytes(1),
                        5,
                        Duration.ofSeconds(6)));
    }

    @ParameterizedTest
    @CsvSource({
        "allow, http://minio, pawline.outbound.allow",
        "connect-timeout, 0s, connect time-out must be > 0",
        "fetch-timeout, -1s, call time-out must be > 0",
        "max-redirects, -1, pawline.outbound.max-redirects must be >= 0",
        "max-image-size, 0B, a data limit must be",
        "max-image-pixels, 0, pawline.outbound.max-image-pixels must be > 0",
        "keep-alive, 0s, pawline.outbound.keep-alive must be > 0"
    })
    void refusesWhatMakesNoSense(String setting, String value, String message) {
        assertThatThrownBy(() -> bind(Map.of("pawline.outbound." + setting, value)))
                .rootCause()
                .hasMessageContaining(message);
    }

    private static OutboundProperties bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("pawline.outbound", OutboundProperties.class);
    }
}
