package io.pawline.ingest.budget;

import io.pawline.events.BudgetMessage;
import io.pawline.schemas.Topics;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.schemas.budget.BudgetEvents;
import io.pawline.schemas.serde.RegistryUnavailableException;
import io.pawline.service.BudgetProperties;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.DatabaseUnavailableException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Answers what processes of stages ask for of their tenants' money. One process of this service does so at a time, but two
 * would do no harm. An ask that cannot be answered is dropped, for whoever asked asks again.
 */
public final class BudgetListener {

    private static final Logger log = LoggerFactory.getLogger(BudgetListener.class);

    private final BudgetStore store;
    private final BudgetProperties budget;
    private final KafkaTemplate<String, SpecificRecord> kafka;
    private final Deserializer<?> events;
    private final Clock clock;

    public BudgetListener(
            BudgetStore store,
            BudgetProperties budget,
            KafkaTemplate<String, SpecificRecord> kafka,
            Deserializer<?> events,
            Clock clock) {
        this.store = store;
        this.budget = budget;
        this.kafka = kafka;
        this.events = events;
        this.clock = clock;
    }

    @KafkaListener(
            id = "budget",
            groupId = "#{T(io.pawline.schemas.Topics).BUDGET_GROUP}",
            topics = "#{T(io.pawline.schemas.Topics).BUDGET}",
            batch = "true",
            properties = {
                // Decoded here, because here an undecodable record can be skipped.
                "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                // Whoever asked before has asked again.
                "auto.offset.reset=latest"
            })
    public void answer(List<ConsumerRecord<String, byte[]>> records) {
        for (ConsumerRecord<String, byte[]> record : records) {
            ask(record).ifPresent(this::answer);
        }
    }

    private void answer(BudgetAsk ask) {
        Instant now = clock.instant();
        try {
            var answer = store.answer(
                    ask,
                    new BudgetStore.Limits(budget::microsPerDay, budget::microsPerTask),
                    budget.dayOf(now),
                    budget.leftOfDay(now));
            var _ = kafka.send(Topics.BUDGET, ask.life(), BudgetEvents.of(answer));
        } catch (DatabaseUnavailableException later) {
            log.warn("{} asks for money and gets no answer: {}", ask.instance(), later.getMessage());
        }
    }

    private Optional<BudgetAsk> ask(ConsumerRecord<String, byte[]> record) {
        try {
            return events.deserialize(record.topic(), record.value()) instanceof BudgetMessage event
                    ? BudgetEvents.ask(event)
                    : Optional.empty();
        } catch (RegistryUnavailableException later) {
            throw later;
        } catch (SerializationException | IllegalArgumentException noAsk) {
            log.warn("no ask for money at {}: {}", record.offset(), String.valueOf(noAsk.getMessage()));
            return Optional.empty();
        }
    }
}
