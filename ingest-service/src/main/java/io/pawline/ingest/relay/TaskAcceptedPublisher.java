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
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;

/** Publishes accepted tasks to the first stage, and waits until the brokers have them. */
public final class TaskAcceptedPublisher implements Receiver {

    private final KafkaTemplate<String, SpecificRecord> kafka;

    public TaskAcceptedPublisher(KafkaTemplate<String, SpecificRecord> kafka) {
        this.kafka = kafka;
    }

    @Override
    public Handover take(List<Task> tasks) throws InterruptedException {
        Map<TaskId, Future<?>> sent = new LinkedHashMap<>();
        Throwable obstacle = send(tasks, sent);
        kafka.flush();
        List<TaskId> arrived = new ArrayList<>();
        for (var each : sent.entrySet()) {
            try {
                each.getValue().get();
                arrived.add(each.getKey());
            } catch (ExecutionException e) {
                obstacle = e.getCause();
            }
        }
        return new Handover(arrived, obstacle);
    }

    /** Stops at the first task that the producer does not take: the tasks after it would wait as long, in vain. */
    private @Nullable Throwable send(List<Task> tasks, Map<TaskId, Future<?>> sent) {
        for (Task task : tasks) {
            try {
                sent.put(task.id(), send(task));
            } catch (KafkaException | org.apache.kafka.common.KafkaException e) {
                return e;
            }
        }
        return null;
    }

    /** Publishes a task that has ended in the outbox to the callback stage, past the paid stages. */
    private Future<?> send(Task task) {
        return switch (task.finalState().orElse(null)) {
            case FinalState.Failure ended
            when ended.state() == TaskState.CANCELLED || ended.state() == TaskState.EXPIRED ->
                send(Stage.CALLBACK, task, finished(task, ended));
            case null, default -> send(Stage.DETECT, task, accepted(task));
        };
    }

    private Future<?> send(Stage stage, Task task, SpecificRecord event) {
        ProducerRecord<String, SpecificRecord> record =
                new ProducerRecord<>(stage.workTopic(), task.id().toString(), event);
        Routing.put(record.headers(), stage, context(task), event);
        task.submission().traceParent().ifPresent(trace -> TraceParent.put(record.headers(), trace));
        return kafka.send(record);
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
