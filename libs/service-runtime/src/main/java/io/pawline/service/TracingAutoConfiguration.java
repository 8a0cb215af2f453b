package io.pawline.service;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Exports the spans of a service by OTLP if the settings name a collector. Spans that it does not take in time are
 * dropped.
 */
@AutoConfiguration
@EnableConfigurationProperties({TracingProperties.class, InstanceProperties.class})
public class TracingAutoConfiguration {

    private static final int MAX_QUEUED_SPANS = 16_384;
    private static final Duration BETWEEN_EXPORTS = Duration.ofSeconds(1);

    @Bean
    @ConditionalOnMissingBean
    OpenTelemetry openTelemetry(
            TracingProperties properties,
            InstanceProperties instance,
            @Value("${spring.application.name:pawline}") String service) {
        if (properties.endpoint() == null) {
            return OpenTelemetry.noop();
        }
        Attributes who = Attributes.builder()
                .put("service.namespace", "pawline")
                .put("service.name", service)
                .put("service.instance.id", instance.instanceId())
                .build();
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setResource(Resource.getDefault().merge(Resource.create(who)))
                        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(properties.sampleRatio())))
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter(properties))
                                .setMaxQueueSize(MAX_QUEUED_SPANS)
                                .setScheduleDelay(BETWEEN_EXPORTS)
                                .setExporterTimeout(properties.timeout())
                                .build())
                        .build())
                .build();
    }

    private static SpanExporter exporter(TracingProperties properties) {
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(properties.spans())
                .setCompression("gzip")
                .setTimeout(properties.timeout());
        if (properties.authorization() != null) {
            exporter.addHeader("authorization", properties.authorization());
        }
        return exporter.build();
    }
}
