package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.pawline.events.CallAttempt;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.stage.Attempt;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Makes what goes into the detect stage of a test, and reads what is in the topics afterwards. */
public final class TestingRecords {

    public static final Duration DAY = Duration.ofDays(1);

    private TestingRecords() {}

    public static ProducerRecord<byte[], byte[]> task(TaskId id, String style, Duration untilDeadline) {
        TaskAccepted event = TestingEvents.accepted(id, style, untilDeadline);
        byte[] value = TestingEvents.serializer().serialize(Stage.DETECT.workTopic(), event);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Stage.DETECT.workTopic(), id.toString().getBytes(UTF_8), value);
        Routing.put(record.headers(), Stage.DETECT, event.getContext(), event);
        return record;
    }

    /** Makes so many tasks of one style, with a day's time. */
    public static List<ProducerRecord<byte[], byte[]>> tasks(int count, String style) {
        return IntStream.range(0, count)
                .mapToObj(_ -> task(TaskId.next(), style, DAY))
                .toList();
    }

    /** Makes the outcome of a handler that succeeds. */
    public static Outcome described(TaskAccepted in) {
        return Outcome.done(
                Stage.GENERATE,
                PetDescribed.newBuilder()
                        .setContext(in.getContext())
                        .setDescription("a cat")
                        .build());
    }

    /** Makes a call that succeeds. */
    public static Outcome calledAndDescribed(TaskAccepted in, Attempt attempt) throws InterruptedException {
        return attempt.call(
                () -> new OutsideCall.Answer<>(described(in), CallReport.succeeded(200, Optional.of("request"))));
    }

    /** Makes a call that has this result. */
    public static Outcome calledInVain(Attempt attempt, CallReport report) throws InterruptedException {
        return attempt.call(() -> new OutsideCall.Answer<>(
                Outcome.failed(report.failure().orElseThrow(), "in vain", report.notBefore()), report));
    }

    public static List<ConsumerRecord<byte[], byte[]>> awaitRecords(String topic, int count) {
        return await().atMost(Duration.ofMinutes(2))
                .until(() -> TestingKafka.records(topic), records -> records.size() >= count);
    }

    public static List<TaskFinished> finalStates(int count) {
        return awaitRecords(Stage.CALLBACK.workTopic(), count).stream()
                .map(finalState -> TestingEvents.deserializer(TaskFinished.class)
                        .deserialize(Stage.CALLBACK.workTopic(), finalState.value()))
                .toList();
    }

    /** Returns what the ledger has by now. */
    public static List<CallAttempt> ledger() {
        return TestingKafka.records(Topics.ATTEMPTS).stream()
                .map(call -> TestingEvents.deserializer(CallAttempt.class).deserialize(Topics.ATTEMPTS, call.value()))
                .toList();
    }

    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
