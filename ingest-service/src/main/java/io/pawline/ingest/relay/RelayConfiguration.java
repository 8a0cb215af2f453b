package io.pawline.ingest.relay;

import io.pawline.ingest.IngestProperties;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import org.apache.avro.specific.SpecificRecord;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;

/** Wires the relay from the outbox to Kafka. */
@Configuration(proxyBeanMethods = false)
public class RelayConfiguration {

    @Bean
    OutboxRelay outboxRelay(
            TaskDatabase database,
            KafkaTemplate<String, SpecificRecord> kafka,
            IngestProperties settings,
            Clock clock) {
        return new OutboxRelay(new Outbox(database, clock), new TaskAcceptedPublisher(kafka), settings.relay());
    }
}
