package io.pawline.service;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of tracing: {@code pawline.tracing.*}.
 *
 * @param endpoint of an OpenTelemetry collector that takes OTLP over HTTP, as {@code http://collector:4318}; absent:
 *     nothing is traced
 * @param sampleRatio share of the tasks that are traced, between 0 and 1; for a task that came with a
 *     {@code traceparent}, that decides
 * @param authorization value of the header of that name in each export, as {@code Bearer ...}; absent: no such header
 * @param timeout for one export
 */
@ConfigurationProperties("pawline.tracing")
public record TracingProperties(
        @Nullable URI endpoint,
        @DefaultValue("1") double sampleRatio,
        @Nullable String authorization,
        @DefaultValue("10s") Duration timeout) {

    public TracingProperties {
        if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
            throw new IllegalArgumentException(
                    "pawline.tracing.sample-ratio must be between 0 and 1, was " + sampleRatio);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("pawline.tracing.timeout must be > 0, was " + timeout);
        }
        // An empty address counts as absent, so that a deployment can turn tracing off.
        endpoint = endpoint == null || endpoint.toString().isEmpty() ? null : endpoint;
        if (endpoint != null && !("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))) {
            throw new IllegalArgumentException(
                    "pawline.tracing.endpoint must be an http(s) address, as http://collector:4318");
        }
        authorization = authorization == null || authorization.isBlank() ? null : authorization;
    }

    /** The address that spans are posted to. */
    String spans() {
        return String.valueOf(endpoint).replaceFirst("/+$", "") + "/v1/traces";
    }

    /** Shows the settings without the secret. */
    @Override
    public String toString() {
        return "TracingProperties[endpoint=%s, sampleRatio=%s, timeout=%s]".formatted(endpoint, sampleRatio, timeout);
    }
}
