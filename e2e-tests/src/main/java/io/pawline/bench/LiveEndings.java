package io.pawline.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Photo;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Tasks of people who wait, accepted and ended, so many a second. For one thread. */
final class LiveEndings implements AutoCloseable {

    private final Clock clock = Clock.systemUTC();
    private final TimedReceivers receivers;
    private final int perSecond;
    private final TaskDatabase database;
    private final TaskDao tasks;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Serializer<SpecificRecord> events;
    private volatile boolean over;
    private @Nullable Thread keepingOn;

    LiveEndings(OpsSite site, TimedReceivers receivers, int perSecond) {
        this.receivers = receivers;
        this.perSecond = perSecond;
        database = site.database();
        tasks = new TaskDao(database);
        producer = site.producer();
        events = site.events();
    }

    /** Publishes so many. */
    void send(int count) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < count && !over; i++) {
            TimeUnit.NANOSECONDS.sleep(start + i * (TimeUnit.SECONDS.toNanos(1) / perSecond) - System.nanoTime());
            publish();
        }
        producer.flush();
    }

    /** Goes on until it is closed; nothing else is to be sent then. */
    void keepOn() {
        keepingOn = Thread.ofPlatform().daemon().start(() -> {
            try {
                send(Integer.MAX_VALUE);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void publish() {
        Instant accepted = clock.instant();
        Submission submission = new Submission(
                TaskId.next(),
                "default",
                "ink",
                new Photo.Remote(URI.create("https://photos.example/cat.jpg")),
                receivers.good(0),
                accepted,
                accepted.plus(Duration.ofHours(1)));
        tasks.accept(submission);
        receivers.published(submission.id());
        var _ = producer.send(ended(submission));
    }

    private ProducerRecord<byte[], byte[]> ended(Submission submission) {
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

    @Override
    public void close() {
        over = true;
        if (keepingOn != null) {
            try {
                keepingOn.join();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        producer.close(Duration.ZERO);
        database.close();
    }
}
