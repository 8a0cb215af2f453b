package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.DAY;
import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.calledAndDescribed;
import static io.pawline.testkit.TestingRecords.calledInVain;
import static io.pawline.testkit.TestingRecords.header;
import static io.pawline.testkit.TestingRecords.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.pawline.events.CallPhase;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Shows what a stage puts into the trace that a record brings. */
class TracingIT {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SUBMITTED = "b7ad6b7169203331";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
                    .build())
            .build();
    private final List<StageRuntime<TaskAccepted>> started = new ArrayList<>();

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @AfterEach
    void stopAll() {
        started.forEach(StageRuntime::close);
        telemetry.close();
    }

    @Test
    void eachAttemptIsASpanThatHoldsItsCallAndLinksToTheOneBefore() {
        TaskId id = TaskId.next();
        TestingKafka.send(List.of(traced(id, "01")));

        start((in, attempt) -> attempt.number() == 1
                ? calledInVain(attempt, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT))
                : calledAndDescribed(in, attempt));

        ConsumerRecord<byte[], byte[]> next =
                awaitRecords("pawline.generate", 1).getFirst();
        await().until(() -> spans.getFinishedSpanItems().size() == 4);
        assertThat(spans.getFinishedSpanItems())
                .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(TRACE));
        List<SpanData> tries = named("detect");
        assertThat(tries).hasSize(2).allSatisfy(span -> {
            assertThat(span.getParentSpanId()).isEqualTo(SUBMITTED);
            assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
            assertThat(span.getAttributes().get(AttributeKey.stringKey("pawline.task_id")))
                    .isEqualTo(id.toString());
        });
        SpanData first = tries.getFirst();
        SpanData second = tries.getLast();
        assertThat(first.getLinks()).isEmpty();
        assertThat(first.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(first.getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("read_timeout");
        assertThat(second.getLinks())
                .extracting(link -> link.getSpanContext().getSpanId())
                .containsExactly(first.getSpanId());
        assertThat(second.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(named("call vision"))
                .allSatisfy(call -> assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT))
                .extracting(SpanData::getParentSpanId)
                .containsExactly(first.getSpanId(), second.getSpanId());
        assertThat(header(next, RecordHeaders.TRACEPARENT)).isEqualTo("00-" + TRACE + "-" + second.getSpanId() + "-01");
        assertThat(next.headers().lastHeader(RecordHeaders.TRIED_BEFORE)).isNull();
    }

    @Test
    void aDeadLetterAndItsFinalStateLeadBackToTheLastAttempt() {
        TestingKafka.send(List.of(traced(TaskId.next(), "01")));

        start((_, _) -> new Outcome.Rejected(Reason.NO_PET, "no pet"));

        ConsumerRecord<byte[], byte[]> deadLetter =
                awaitRecords("pawline.detect.dlt", 1).getFirst();
        ConsumerRecord<byte[], byte[]> finalState =
                awaitRecords("pawline.callback", 1).getFirst();
        await().until(() -> !named("detect").isEmpty());
        String here = "00-" + TRACE + "-" + named("detect").getFirst().getSpanId() + "-01";
        assertThat(header(deadLetter, RecordHeaders.TRACEPARENT)).isEqualTo(here);
        assertThat(header(finalState, RecordHeaders.TRACEPARENT)).isEqualTo(here);
    }

    @Test
    void aTaskThatIsNotSampledIsNotRecordedAndStaysSo() {
        TestingKafka.send(List.of(traced(TaskId.next(), "00")));

        start((in, attempt) -> calledAndDescribed(in, attempt));

        ConsumerRecord<byte[], byte[]> next =
                awaitRecords("pawline.generate", 1).getFirst();
        assertThat(header(next, RecordHeaders.TRACEPARENT))
                .startsWith("00-" + TRACE + "-")
                .endsWith("-00");
        assertThat(spans.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void theLogNamesTheTraceWhileATaskIsAtWork() {
        TestingKafka.send(List.of(traced(TaskId.next(), "01")));
        List<String> seen = new ArrayList<>();

        start((in, attempt) -> {
            seen.add(String.valueOf(MDC.get("trace.id")));
            return calledAndDescribed(in, attempt);
        });

        awaitRecords("pawline.generate", 1);
        assertThat(seen).containsExactly(TRACE);
    }

    private void start(Handler<TaskAccepted> handler) {
        StageRuntime<TaskAccepted> stage =
                TestingStage.on(TestingKafka.connection()).telemetry(telemetry).runtime(handler);
        started.add(stage);
        stage.start();
    }

    private List<SpanData> named(String name) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static ProducerRecord<byte[], byte[]> traced(TaskId id, String flags) {
        ProducerRecord<byte[], byte[]> record = task(id, "oil", DAY);
        record.headers()
                .add(
                        RecordHeaders.TRACEPARENT,
                        "00-%s-%s-%s".formatted(TRACE, SUBMITTED, flags).getBytes(UTF_8));
        return record;
    }
}
