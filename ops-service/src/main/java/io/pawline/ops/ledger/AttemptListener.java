package io.pawline.ops.ledger;

import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.TaskContext;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;

/** Reads the topic of attempts into the ledger. What is no event of a call is passed over. */
public final class AttemptListener {

    private static final Logger log = LoggerFactory.getLogger(AttemptListener.class);

    private final CallLedger ledger;
    private final Deserializer<?> events;

    public AttemptListener(CallLedger ledger, Deserializer<?> events) {
        this.ledger = ledger;
        this.events = events;
    }

    @KafkaListener(
            id = "ledger",
            groupId = "pawline.ops.ledger",
            topics = Topics.ATTEMPTS,
            batch = "true",
            properties = {
                // Decoded here, where what cannot be decoded may be passed over.
                "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "fetch.min.bytes=65536",
                "fetch.max.wait.ms=200"
            })
    public void note(List<ConsumerRecord<byte[], byte[]>> records) {
        ledger.note(records.stream().map(this::call).flatMap(Optional::stream).toList());
    }

    private Optional<Call> call(ConsumerRecord<byte[], byte[]> record) {
        try {
            return events.deserialize(record.topic(), record.value()) instanceof CallAttempt event
                    ? Optional.of(call(event))
                    : Optional.empty();
        } catch (RegistryUnavailableException e) {
            throw e;
        } catch (SerializationException | IllegalArgumentException noCall) {
            log.warn(
                    "no event of a call in {}-{} at {}: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    String.valueOf(noCall.getMessage()));
            return Optional.empty();
        }
    }

    private static Call call(CallAttempt event) {
        TaskContext context = event.getContext();
        return new Call(
                UUID.fromString(event.getCallId()),
                TaskId.parse(context.getTaskId()).value(),
                context.getGeneration(),
                context.getTenant(),
                event.getStage(),
                event.getProvider(),
                event.getAttempt(),
                end(event),
                event.getOutcome().filter(CallOutcome.ORPHANED::equals).isPresent());
    }

    /** That a call was orphaned is told besides how it ended. */
    private static Call.@Nullable End end(CallAttempt event) {
        if (event.getMoment() == CallMoment.START
                || event.getOutcome().filter(CallOutcome.ORPHANED::equals).isPresent()) {
            return null;
        }
        return new Call.End(
                event.getAt(),
                event.getOutcome().map(AttemptListener::code).orElse("failed"),
                event.getReason().orElse(null),
                event.getPhase().map(AttemptListener::code).orElse(null),
                event.getHttpStatus().orElse(null),
                event.getProviderCode().orElse(null),
                event.getRequestId().orElse(null),
                event.getDurationMillis().orElse(null),
                event.getCostMicros().orElse(null),
                code(event.getBilled()));
    }

    private static String code(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
