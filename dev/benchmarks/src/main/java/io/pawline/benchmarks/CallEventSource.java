package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Produces the events of tasks straight into their topics, as the stages of a pipeline would. For one thread. */
final class CallEventSource implements AutoCloseable {

    /** Each stage calls once. */
    static final int CALLS_OF_TASK = Stage.values().length;

    /** One in so many of the calls of a stage fails, and is not repeated. */
    private static final int FAILS = 50;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Serializer<SpecificRecord> events;

    CallEventSource(OpsSite site) {
        producer = site.producer();
        events = site.events();
    }

    /** Sends the start and the end of each call of a task that was submitted at this moment, and its final state. */
    void send(Instant submitted, int number) {
        TaskId task = TaskId.at(submitted);
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(task.toString())
                .setTenant("tenant-" + number % 20)
                .setStyle("ink")
                .setSubmittedAt(submitted)
                .setDeadline(submitted.plusSeconds(3_600))
                .build();
        Instant at = submitted;
        for (Stage stage : Stage.values()) {
            Instant end = at.plusMillis(500 + number % 3_000);
            CallAttempt begun = begun(context, stage, at);
            send(Topics.ATTEMPTS, task, begun);
            send(Topics.ATTEMPTS, task, ended(begun, end, stage == Stage.GENERATE && number % FAILS == 0));
            at = end.plusMillis(20);
        }
        send(
                Stage.CALLBACK.workTopic(),
                task,
                TaskFinished.newBuilder()
                        .setContext(context)
                        .setEnding(Ending.SUCCESS)
                        .setFinishedAt(at)
                        .build());
    }

    private static CallAttempt begun(TaskContext context, Stage stage, Instant at) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        UUID id = new UUID(
                at.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000), Long.MIN_VALUE | random.nextLong() >>> 2);
        return CallAttempt.newBuilder()
                .setContext(context)
                .setCallId(id.toString())
                .setMoment(CallMoment.START)
                .setAt(at)
                .setStage(stage.code())
                .setProvider("provider-of-" + stage.code())
                .setAttempt(1)
                .setInstance(stage.code() + "-1")
                .setInFlight(40)
                .setLimit(100)
                .build();
    }

    private static CallAttempt ended(CallAttempt begun, Instant end, boolean fails) {
        return CallAttempt.newBuilder(begun)
                .setMoment(CallMoment.END)
                .setAt(end)
                .setOutcome(fails ? CallOutcome.FAILED : CallOutcome.SUCCEEDED)
                .setReason(fails ? Reason.READ_TIMEOUT.code() : null)
                .setHttpStatus(fails ? null : 200)
                .setRequestId("request-" + begun.getCallId())
                .setDurationMillis(end.toEpochMilli() - begun.getAt().toEpochMilli())
                .setCostMicros(fails ? 0L : 30_000L)
                .setBilled(fails ? Billed.UNKNOWN : Billed.YES)
                .build();
    }

    private void send(String topic, TaskId task, SpecificRecord event) {
        var _ = producer.send(
                new ProducerRecord<>(topic, task.toString().getBytes(UTF_8), events.serialize(topic, event)));
    }

    /** Returns when Kafka has all events. */
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
