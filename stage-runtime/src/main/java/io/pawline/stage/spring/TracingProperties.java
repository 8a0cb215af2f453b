package io.pawline.stage.spring;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the traces go: {@code pawline.tracing.*}.
 *
 * @param endpoint of an OpenTelemetry collector that takes OTLP over HTTP, as {@code http://collector:4318}; absent: nothing is
 *     traced
 * @param sampleRatio share of the tasks that are traced, between 0 and 1; one that came with a {@code traceparent} is
 *     traced if that says so
 * @param headers sent with each export, as the collector's authorization
 * @param timeout for one export
 */
@ConfigurationProperties("pawline.tracing")
public record TracingProperties(
        @Nullable URI endpoint,
        @DefaultValue("1") double sampleRatio,
        @Nullable Map<String, String> headers,
        @DefaultValue("10s") Duration timeout) {

    public TracingProperties {
        if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
            throw new IllegalArgumentException(
                    "pawline.tracing.sample-ratio must be between 0 and 1, was " + sampleRatio);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("pawline.tracing.timeout must be > 0, was " + timeout);
        }
        // An empty address is none: so a deployment can turn it off.
        endpoint = endpoint == null || endpoint.toString().isEmpty() ? null : endpoint;
        if (endpoint != null && !("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))) {
            throw new IllegalArgumentException(
                    "pawline.tracing.endpoint must be an http(s) address, as http://collector:4318");
        }
        headers = headers == null ? Map.of() : Map.copyOf(headers);
    }

    /** Where spans are posted to. */
    String spans() {
        return String.valueOf(endpoint).replaceFirst("/+$", "") + "/v1/traces";
    }

    /** The headers' names only: a value may be a secret. */
    @Override
    public String toString() {
        return "TracingProperties[endpoint=%s, sampleRatio=%s, headers=%s, timeout=%s]"
                .formatted(endpoint, sampleRatio, headers == null ? "[]" : headers.keySet(), timeout);
    }
}
