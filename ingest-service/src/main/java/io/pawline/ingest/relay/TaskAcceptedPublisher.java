package io.pawline.ingest.relay;

import io.pawline.events.Ending;
import io.pawline.events.ImageRef;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.service.TraceParent;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Outbox.Handover;
import io.pawline.taskstore.Outbox.Receiver;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskState;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Publishes accepted tasks to the first stage, and waits until the brokers have them. Tasks that go to one partition are
 * there in the order in which they were given, also when some do not arrive: what the producer gives up closes it, so
 * that nothing behind it can get there before it comes again. For one thread at a time.
 */
public final class TaskAcceptedPublisher implements Receiver {

    private final ProducerFactory<String, SpecificRecord> producers;

    /**
     * Creates the publisher.
     *
     * @param producers of producers with one request under way at a time, which close at once
     */
    public TaskAcceptedPublisher(ProducerFactory<String, SpecificRecord> producers) {
        this.producers = producers;
    }

    @Override
    public Handover take(List<Task> tasks) throws InterruptedException {
        AtomicReference<@Nullable Throwable> obstacle = new AtomicReference<>();
        Map<TaskId, Future<?>> sent = new LinkedHashMap<>();
        try (Producer<String, SpecificRecord> producer = producers.createProducer()) {
            // Called by the thread that sends, before it sends anything else
            Callback closing = (_, failure) -> {
                if (failure != null && obstacle.compareAndSet(null, failure)) {
                    producers.reset();
                }
            };
            try {
                for (Task task : tasks) {
                    sent.put(task.id(), producer.send(record(task), closing));
                }
            } catch (KafkaException | IllegalStateException e) {
                // Those after it would wait as long, in vain, or the producer is closed
                obstacle.compareAndSet(null, e);
            }
            producer.flush();
        } catch (KafkaException e) {
            obstacle.compareAndSet(null, e);
        }
        return new Handover(arrived(sent), obstacle.get());
    }

    private static List<TaskId> arrived(Map<TaskId, Future<?>> sent) throws InterruptedException {
        List<TaskId> arrived = new ArrayList<>();
        for (var each : sent.entrySet()) {
            try {
                each.getValue().get();
                arrived.add(each.getKey());
            } catch (ExecutionException _) {
                // The callback has what prevented it
            }
        }
        return arrived;
    }

    /** Publishes a task that has ended in the outbox to the callback stage, past the paid stages. */
    private static ProducerRecord<String, SpecificRecord> record(Task task) {
        return switch (task.finalState().orElse(null)) {
            case FinalState.Failure ended
            when ended.state() == TaskState.CANCELLED || ended.state() == TaskState.EXPIRED ->
                record(Stage.CALLBACK, task, finished(task, ended));
            case null, default -> record(Stage.DETECT, task, accepted(task));
        };
    }

    private static ProducerRecord<String, SpecificRecord> record(Stage stage, Task task, SpecificRecord event) {
        ProducerRecord<String, SpecificRecord> record =
                new ProducerRecord<>(stage.workTopic(), task.id().toString(), event);
        Routing.put(record.headers(), stage, context(task), event);
        task.submission().traceParent().ifPresent(trace -> TraceParent.put(record.headers(), trace));
        return record;
    }

    private static TaskFinished finished(Task task, FinalState.Failure ended) {
        return TaskFinished.newBuilder()
                .setContext(context(task))
                .setEnding(ended.state() == TaskState.EXPIRED ? Ending.EXPIRED : Ending.CANCELLED)
                .setFinishedAt(ended.at())
                .setReason(ended.reason().code())
                .setDetail(ended.detail())
                .build();
    }

    private static TaskAccepted accepted(Task task) {
        return TaskAccepted.newBuilder()
                .setContext(context(task))
                .setPhoto(photo(task.submission().photo()))
                .build();
    }

    private static TaskContext context(Task task) {
        Submission submission = task.submission();
        return TaskContext.newBuilder()
                .setTaskId(task.id().toString())
                .setTenant(submission.tenant())
                .setStyle(submission.style())
                .setSubmittedAt(submission.submittedAt())
                .setDeadline(submission.deadline())
                .setCallbackUrl(submission.callbackUrl().map(URI::toString).orElse(null))
                .setGeneration(task.generation())
                .setPriority(submission.priority().code())
                .build();
    }

    private static ImageRef photo(PhotoSource photoSource) {
        return switch (photoSource) {
            case PhotoSource.Remote(URI url) ->
                ImageRef.newBuilder().setUrl(url.toString()).build();
            case PhotoSource.Stored(String key) ->
                ImageRef.newBuilder().setKey(key).build();
        };
    }
}
