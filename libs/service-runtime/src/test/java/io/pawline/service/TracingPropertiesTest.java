package io.pawline.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class TracingPropertiesTest {

    private static TracingProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("pawline.tracing", TracingProperties.class);
    }

    private static OpenTelemetry telemetry(TracingProperties properties) {
        return new TracingAutoConfiguration()
                .openTelemetry(properties, new InstanceProperties("one"), "detect-service");
    }

    @Test
    void tracesNothingWithoutAnEndpoint() {
        assertThat(telemetry(bound(Map.of()))).isSameAs(OpenTelemetry.noop());
        assertThat(telemetry(bound(Map.of("pawline.tracing.endpoint", "")))).isSameAs(OpenTelemetry.noop());
    }

    @Test
    void tracesTheConfiguredShareOfTasks() {
        assertThat(records("1")).isTrue();
        assertThat(records("0")).isFalse();
    }

    private static boolean records(String ratio) {
        try (OpenTelemetrySdk on = (OpenTelemetrySdk) telemetry(bound(
                Map.of("pawline.tracing.endpoint", "http://127.0.0.1:4318", "pawline.tracing.sample-ratio", ratio)))) {
            return on.getTracer("x").spanBuilder("y").startSpan().isRecording();
        }
    }

    @Test
    void postsSpansToThePathOfOtlp() {
        assertThat(bound(Map.of("pawline.tracing.endpoint", "https://collector:4318/"))
                        .spans())
                .isEqualTo("https://collector:4318/v1/traces");
    }

    @ParameterizedTest
    @CsvSource({
        "endpoint, collector:4318, pawline.tracing.endpoint must be an http(s) address",
        "sample-ratio, 1.5, 'pawline.tracing.sample-ratio must be between 0 and 1, was 1.5'",
        "sample-ratio, NaN, 'pawline.tracing.sample-ratio must be between 0 and 1, was NaN'",
        "timeout, 0s, 'pawline.tracing.timeout must be > 0, was PT0S'"
    })
    void aWrongSettingIsNamed(String setting, String value, String said) {
        assertThatThrownBy(() -> bound(Map.of("pawline.tracing." + setting, value)))
                .isInstanceOf(BindException.class)
                .rootCause()
                .hasMessageContaining(said);
    }

    @Test
    void doesNotShowTheSecretOfTheCollector() {
        assertThat(bound(Map.of("pawline.tracing.authorization", "Bearer secret"))
                        .toString())
                .doesNotContain("secret");
    }
}
