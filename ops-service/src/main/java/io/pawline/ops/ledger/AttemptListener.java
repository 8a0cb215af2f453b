package io.pawline.ops.ledger;

import io.pawline.events.CallAttempt;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;

/** Reads the topic of attempts into the ledger. It passes over what is no event of a call. */
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
                // This class decodes values itself, so that it can pass over what cannot be decoded.
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
                    ? Optional.of(CallEvents.call(event))
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
}
