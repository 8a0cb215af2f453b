package io.pawline.ops.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.pawline.ops.replay.ReplayPublisher.Work;
import io.pawline.schemas.Stage;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReplaySpansTest {

    private static final String OLD = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();

    @Test
    void aReplayBeginsATraceLinkedToThatOfTheDeadLetter() {
        try (OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exported))
                        .build())
                .build()) {
            String place = new ReplaySpans(telemetry).begin(deadLetter(OLD)).orElseThrow();

            assertThat(exported.getFinishedSpanItems()).singleElement().satisfies(span -> {
                assertThat(place)
                        .isEqualTo("00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                                + span.getSpanContext().getTraceFlags().asHex());
                assertThat(span.getSpanContext().isSampled()).isTrue();
                assertThat(span.getTraceId()).isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
                assertThat(span.getLinks())
                        .singleElement()
                        .satisfies(link ->
                                assertThat(link.getSpanContext().getSpanId()).isEqualTo("b7ad6b7169203331"));
            });
        }
    }

    @Test
    void withoutTelemetryTheTraceOfTheDeadLetterGoesOn() {
        assertThat(new ReplaySpans(OpenTelemetry.noop()).begin(deadLetter(OLD))).contains(OLD);
        assertThat(new ReplaySpans(OpenTelemetry.noop()).begin(deadLetter(""))).isEmpty();
    }

    private static Work deadLetter(String trace) {
        return new Work(
                Stage.DETECT,
                UUID.fromString("0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f"),
                new byte[0],
                2,
                Instant.EPOCH,
                trace.getBytes(UTF_8));
    }
}
