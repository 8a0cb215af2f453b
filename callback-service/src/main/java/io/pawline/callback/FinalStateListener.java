package io.pawline.callback;

import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.RegistryUnavailableException;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDao.CloseRequest;
import io.pawline.taskstore.TaskState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * Writes each final state into its task's row as soon as it is committed to the callback stage's work topic. It needs
 * no receiver's turn and no permit, so a receiver that is dead or slow hides nothing: the API shows the final state,
 * and the callback is listed as undelivered. The {@link CallbackHandler} then only notifies.
 *
 * <p>A batch is tried again until the database is there. Closing a row twice changes nothing, so a batch may come
 * again. A final state that the database refuses is logged and left out.
 */
final class FinalStateListener {

    private static final Logger log = LoggerFactory.getLogger(FinalStateListener.class);

    private final TaskDao tasks;
    private final Deserializer<?> events;

    FinalStateListener(TaskDao tasks, Deserializer<?> events) {
        this.tasks = tasks;
        this.events = events;
    }

    @KafkaListener(
            id = "final-states",
            groupId = "#{T(io.pawline.schemas.Topics).FINAL_STATES_GROUP}",
            topics = "#{T(io.pawline.schemas.Stage).CALLBACK.workTopic()}",
            batch = "true",
            properties = {
                // Decoded here, where a record that cannot be decoded still ends its task
                "key.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "isolation.level=read_committed",
                "auto.offset.reset=earliest",
                "max.poll.records=500"
            })
    void close(List<ConsumerRecord<byte[], byte[]>> records) {
        List<CloseRequest> requests = records.stream()
                .map(this::closeRequest)
                .flatMap(Optional::stream)
                .toList();
        try {
            tasks.closeAll(requests);
        } catch (DatabaseUnavailableException lost) {
            throw lost;
        } catch (RuntimeException refused) {
            log.warn(
                    "{} final states are written one by one: {}",
                    requests.size(),
                    String.valueOf(refused.getMessage()));
            requests.forEach(this::closeAlone);
        }
    }

    /** Closes a row. One that the database refuses for its own sake holds up no other. */
    private void closeAlone(CloseRequest request) {
        try {
            tasks.closeAll(List.of(request));
        } catch (DatabaseUnavailableException lost) {
            throw lost;
        } catch (RuntimeException refused) {
            log.error("the final state of task {} cannot be written", request.id(), refused);
        }
    }

    private Optional<CloseRequest> closeRequest(ConsumerRecord<byte[], byte[]> record) {
        Object event;
        try {
            event = events.deserialize(record.topic(), record.headers(), record.value());
        } catch (RegistryUnavailableException unreachable) {
            throw unreachable;
        } catch (SerializationException undecodable) {
            return closeRequestOfKey(record);
        }
        return event instanceof TaskFinished finished ? closeRequest(finished, record) : closeRequestOfKey(record);
    }

    private Optional<CloseRequest> closeRequest(TaskFinished finished, ConsumerRecord<byte[], byte[]> record) {
        try {
            TaskId id = TaskId.parse(finished.getContext().getTaskId());
            return Optional.of(new CloseRequest(id, finished.getContext().getGeneration(), FinalStates.of(finished)));
        } catch (IllegalArgumentException noTask) {
            return closeRequestOfKey(record);
        }
    }

    /** Closes the task that the key names, since nothing else of the record can be read. */
    private static Optional<CloseRequest> closeRequestOfKey(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return Optional.empty();
        }
        try {
            TaskId id = TaskId.parse(new String(record.key(), StandardCharsets.UTF_8));
            return Optional.of(new CloseRequest(
                    id,
                    TaskDao.CURRENT_GENERATION,
                    new FinalState.Failure(
                            Instant.ofEpochMilli(record.timestamp()),
                            TaskState.FAILED,
                            Reason.UNDECODABLE,
                            Stage.CALLBACK,
                            Reason.UNDECODABLE.description())));
        } catch (IllegalArgumentException noTask) {
            log.warn("record {}-{} offset {} names no task", record.topic(), record.partition(), record.offset());
            return Optional.empty();
        }
    }
}
