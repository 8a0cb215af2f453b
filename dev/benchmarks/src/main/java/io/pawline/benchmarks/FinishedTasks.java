package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Makes tasks that were accepted and are over, and publishes their final states. For one thread. */
final class FinishedTasks implements AutoCloseable {

    private static final URI PHOTO = URI.create("https://photos.example/cat.jpg");

    private final Clock clock = Clock.systemUTC();
    private final TaskDatabase database;
    private final TaskDao tasks;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<SpecificRecord> events;

    /** @param database closed with this, and so is the producer */
    FinishedTasks(TaskDatabase database, Producer<byte[], byte[]> producer, Serializer<SpecificRecord> events) {
        this.database = database;
        this.tasks = new TaskDao(database);
        this.producer = producer;
        this.events = events;
    }

    /**
     * Publishes the final state of a new task.
     *
     * @param callback the receiver that is notified of it
     * @param before gets the task just before its final state is published
     */
    void publish(URI callback, Consumer<TaskId> before) {
        Instant accepted = clock.instant();
        Submission submission = new Submission(
                TaskId.next(),
                "default",
                "ink",
                new PhotoSource.Remote(PHOTO),
                callback,
                accepted,
                accepted.plus(Duration.ofHours(1)));
        tasks.accept(submission);
        before.accept(submission.id());
        var _ = producer.send(finished(submission));
    }

    private ProducerRecord<byte[], byte[]> finished(Submission submission) {
        TaskFinished event = TaskFinished.newBuilder()
                .setContext(TaskContext.newBuilder()
                        .setTaskId(submission.id().toString())
                        .setTenant(submission.tenant())
                        .setStyle(submission.style())
                        .setSubmittedAt(submission.submittedAt())
                        .setDeadline(submission.deadline())
                        .setCallbackUrl(String.valueOf(submission.callback()))
                        .build())
                .setEnding(Ending.FAILED)
                .setFinishedAt(submission.submittedAt())
                .setStage(Stage.DETECT.code())
                .setReason(Reason.NO_PET.code())
                .build();
        String topic = Stage.CALLBACK.workTopic();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, submission.id().toString().getBytes(UTF_8), events.serialize(topic, event));
        Routing.put(record.headers(), Stage.CALLBACK, event.getContext());
        return record;
    }

    /** Returns when all that were published are in Kafka. */
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        database.close();
    }
}
