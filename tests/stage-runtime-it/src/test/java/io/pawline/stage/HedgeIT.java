package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.described;
import static io.pawline.testkit.TestingRecords.tasks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingRecords;
import io.pawline.testkit.TestingStage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shows that a task whose call hangs is done by a second call, of which the ledger and the metrics know. */
class HedgeIT {

    private static final String HANGS = "hangs";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final StageRuntime<TaskAccepted> stage = TestingStage.on(TestingKafka.connection())
            .meters(meters)
            .telemetry(telemetry)
            .fallbacks(Fallbacks.NONE.hedging(0.02))
            .runtime(HedgeIT::call);

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @AfterEach
    void stop() {
        stage.close();
        telemetry.close();
    }

    /** Hedges the tasks alone whose first call hangs: the others would be slow on a busy machine, too. */
    private static Outcome call(TaskAccepted in, Attempt attempt) throws InterruptedException {
        OutsideCall.Answer<Outcome> answer =
                new OutsideCall.Answer<>(described(in), CallReport.succeeded(200, Optional.empty()));
        if (!in.getContext().getStyle().equals(HANGS)) {
            return attempt.call(() -> answer);
        }
        return attempt.hedged("", (_, requestId) -> {
            if (requestId.equals(attempt.requestId())) {
                TimeUnit.MINUTES.sleep(10);
            }
            return answer;
        });
    }

    @Test
    void aCallThatHangsIsMadeASecondTimeAndCut() {
        stage.start();
        TestingKafka.send(tasks(100, "oil"));
        awaitRecords("pawline.generate", 100);

        TestingKafka.send(tasks(1, HANGS));

        awaitRecords("pawline.generate", 101);
        await().untilAsserted(() -> assertThat(ends()).hasSize(102));
        List<CallAttempt> twice = ends().stream()
                .filter(call -> call.getContext().getStyle().equals(HANGS))
                .toList();
        assertThat(twice)
                .filteredOn(end -> !end.getHedge())
                .singleElement()
                .satisfies(end -> assertThat(end.getReason()).contains(Reason.SUPERSEDED.code()));
        assertThat(twice)
                .filteredOn(CallAttempt::getHedge)
                .singleElement()
                .satisfies(end -> assertThat(end.getReason()).isEmpty());
        assertThat(meters.get("pawline.stage.provider.hedges")
                        .tag("reason", "none")
                        .counter()
                        .count())
                .isEqualTo(1);
        await().until(() -> meters.get("pawline.stage.in.flight").gauge().value() == 0);
        assertSpansOfOneAttempt();
    }

    private void assertSpansOfOneAttempt() {
        SpanData hedge = calls().filter(HedgeIT::isHedge).findFirst().orElseThrow();
        assertThat(calls().filter(span -> span.getTraceId().equals(hedge.getTraceId())))
                .hasSize(2)
                .extracting(SpanData::getParentSpanId)
                .containsOnly(hedge.getParentSpanId());
        assertThat(spans.getFinishedSpanItems())
                .filteredOn(span -> span.getSpanId().equals(hedge.getParentSpanId()))
                .extracting(SpanData::getName)
                .containsExactly("detect");
    }

    private static boolean isHedge(SpanData span) {
        return Boolean.TRUE.equals(span.getAttributes().get(AttributeKey.booleanKey("pawline.call.hedge")));
    }

    private Stream<SpanData> calls() {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals("call " + TestingStage.PROVIDER));
    }

    private static List<CallAttempt> ends() {
        return TestingRecords.ledger().stream()
                .filter(call -> call.getMoment() == CallMoment.END)
                .toList();
    }
}
