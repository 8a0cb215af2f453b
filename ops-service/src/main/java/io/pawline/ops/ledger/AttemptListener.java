package io.pawline.ops.ledger;

import io.pawline.events.CallAttempt;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;

/** Reads the topic of attempts into the ledger, and hands its events on. It passes over what is no event of a call. */
public final class AttemptListener {

    /** Takes the events after the ledger has noted them. The same events may come again. */
    public interface Further {
        void take(List<CallAttempt> events);
    }

    private static final Logger log = LoggerFactory.getLogger(AttemptListener.class);

    private final CallLedger ledger;
    private final Deserializer<?> events;
    private final List<Further> further;

    public AttemptListener(CallLedger ledger, Deserializer<?> events, List<Further> further) {
        this.ledger = ledger;
        this.events = events;
        this.further = List.copyOf(further);
    }

    @KafkaListener(
            id = "ledger",
            groupId = "#{T(io.pawline.schemas.Topics).LEDGER_GROUP}",
            topics = "#{T(io.pawline.schemas.Topics).ATTEMPTS}",
            batch = "true",
            properties = {
                // This class decodes values itself, so that it can pass over what cannot be decoded.
                "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "fetch.min.bytes=65536",
                "fetch.max.wait.ms=200"
            })
    public void note(List<ConsumerRecord<byte[], byte[]>> records) {
        List<Read> read =
                records.stream().map(this::read).flatMap(Optional::stream).toList();
        ledger.note(read.stream().map(Read::call).toList());
        List<CallAttempt> noted = read.stream().map(Read::event).toList();
        further.forEach(each -> each.take(noted));
    }

    private record Read(CallAttempt event, Call call) {}

    private Optional<Read> read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return events.deserialize(record.topic(), record.value()) instanceof CallAttempt event
                    ? Optional.of(new Read(event, CallEvents.call(event)))
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
