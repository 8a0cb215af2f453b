package io.pawline.callback;

import io.pawline.events.TaskFinished;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.RegistryUnavailableException;
import io.pawline.service.TraceParent;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.UndeliveredCallbacks.Receiver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaProducerException;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Publishes final states to the work topic of the callback stage again, and waits until the brokers have them. A final
 * state of which Kafka can never take a record is logged and left out, so that it holds up no other.
 */
final class TaskFinishedPublisher implements Receiver {

    private static final Logger log = LoggerFactory.getLogger(TaskFinishedPublisher.class);

    private final KafkaTemplate<String, SpecificRecord> kafka;

    TaskFinishedPublisher(KafkaTemplate<String, SpecificRecord> kafka) {
        this.kafka = kafka;
    }

    @Override
    public void take(List<Task> tasks) throws InterruptedException {
        Map<TaskId, CompletableFuture<?>> sent = new LinkedHashMap<>();
        for (Task task : tasks) {
            send(task).ifPresent(future -> sent.put(task.id(), future));
        }
        kafka.flush();
        for (Map.Entry<TaskId, CompletableFuture<?>> each : sent.entrySet()) {
            try {
                each.getValue().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof KafkaProducerException failed
                        && failed.getCause() instanceof RecordTooLargeException)) {
                    throw new IllegalStateException("final states do not reach Kafka", e.getCause());
                }
                leaveOut(each.getKey(), failed);
            }
        }
    }

    private Optional<CompletableFuture<?>> send(Task task) {
        ProducerRecord<String, SpecificRecord> record;
        try {
            record = record(task);
        } catch (RuntimeException noEvent) {
            leaveOut(task.id(), noEvent);
            return Optional.empty();
        }
        try {
            return Optional.of(kafka.send(record));
        } catch (RegistryUnavailableException unreachable) {
            throw unreachable;
        } catch (SerializationException unwritable) {
            leaveOut(task.id(), unwritable);
            return Optional.empty();
        }
    }

    private static void leaveOut(TaskId id, Exception why) {
        log.error("the final state of task {} cannot be put back to work", id, why);
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
