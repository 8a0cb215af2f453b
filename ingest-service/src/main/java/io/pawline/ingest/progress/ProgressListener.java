package io.pawline.ingest.progress;

import io.pawline.events.TaskContext;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.RegistryUnavailableException;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.StageReached;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * Reads the work topics of the stages and notes which stage each task has reached. A record that names no task, or
 * cannot be read, is skipped: the stage that it is meant for handles it.
 */
public final class ProgressListener {

    private static final Map<String, Stage> STAGES = Arrays.stream(Stage.values())
            .filter(stage -> stage != Stage.DETECT)
            .collect(Collectors.toMap(Stage::workTopic, Function.identity()));

    private final ProgressDao progress;
    private final Deserializer<?> events;

    public ProgressListener(ProgressDao progress, Deserializer<?> events) {
        this.progress = progress;
        this.events = events;
    }

    /** Notes every stage except the first, which a task has reached as soon as it is accepted. */
    @KafkaListener(
            id = "progress",
            groupId = "#{T(io.pawline.schemas.Topics).PROGRESS_GROUP}",
            topics = "#{__listener.topics}",
            batch = "true",
            properties = {
                // Decoded here, because here an undecodable record can be skipped.
                "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                // Large batches under load: each small one would cost a fetch and a commit, and no request waits for
                // it.
                "fetch.min.bytes=65536",
                "fetch.max.wait.ms=200"
            })
    public void note(List<ConsumerRecord<String, byte[]>> records) {
        progress.add(records.stream()
                .map(this::stageReached)
                .flatMap(Optional::stream)
                .toList());
    }

    /** The topics of the stages that are noted, for the annotation above. */
    public Set<String> getTopics() {
        return STAGES.keySet();
    }

    private Optional<StageReached> stageReached(ConsumerRecord<String, byte[]> record) {
        Stage stage = STAGES.get(record.topic());
        return stage == null
                ? Optional.empty()
                : context(record)
                        .filter(context -> context.getGeneration() > 0)
                        .flatMap(context -> taskId(context)
                                .map(id -> new StageReached(
                                        id, context.getGeneration(), stage, Instant.ofEpochMilli(record.timestamp()))));
    }

    private static Optional<TaskId> taskId(TaskContext context) {
        try {
            return Optional.of(TaskId.parse(context.getTaskId()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<TaskContext> context(ConsumerRecord<String, byte[]> record) {
        try {
            return contextOf(events.deserialize(record.topic(), record.value()));
        } catch (RegistryUnavailableException e) {
            throw e;
        } catch (SerializationException e) {
            return Optional.empty();
        }
    }

    private static Optional<TaskContext> contextOf(@Nullable Object event) {
        if (!(event instanceof SpecificRecord fact)) {
            return Optional.empty();
        }
        Schema.Field field = fact.getSchema().getField("context");
        return field != null && fact.get(field.pos()) instanceof TaskContext context
                ? Optional.of(context)
                : Optional.empty();
    }
}
