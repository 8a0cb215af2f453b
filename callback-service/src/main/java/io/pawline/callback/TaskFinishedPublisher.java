package io.pawline.callback;

import io.pawline.events.TaskFinished;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.service.TraceParent;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.UndeliveredCallbacks.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.core.KafkaTemplate;

/** Publishes final states to the work topic of the callback stage again, and waits until the brokers have them. */
final class TaskFinishedPublisher implements Receiver {

    private final KafkaTemplate<String, SpecificRecord> kafka;

    TaskFinishedPublisher(KafkaTemplate<String, SpecificRecord> kafka) {
        this.kafka = kafka;
    }

    @Override
    public void take(List<Task> tasks) throws InterruptedException {
        List<CompletableFuture<?>> sent = new ArrayList<>();
        tasks.forEach(task -> sent.add(kafka.send(record(task))));
        kafka.flush();
        for (CompletableFuture<?> each : sent) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("final states do not reach Kafka", e.getCause());
            }
        }
    }

    private static ProducerRecord<String, SpecificRecord> record(Task task) {
        TaskFinished event = FinalStates.eventOf(task);
        ProducerRecord<String, SpecificRecord> record =
                new ProducerRecord<>(Stage.CALLBACK.workTopic(), task.id().toString(), event);
        Routing.put(record.headers(), Stage.CALLBACK, event.getContext());
        task.submission().traceParent().ifPresent(trace -> TraceParent.put(record.headers(), trace));
        return record;
    }
}
