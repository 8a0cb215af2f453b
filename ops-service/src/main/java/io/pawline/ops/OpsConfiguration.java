package io.pawline.ops;

import io.pawline.ops.ledger.AttemptListener;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.letters.DeadLetterListener;
import io.pawline.ops.letters.LetterIndex;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.ExponentialBackOff;

/** How ops-service is put together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({OpsProperties.class, DatabaseProperties.class})
class OpsConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    TaskDatabase taskDatabase(DatabaseProperties properties) {
        return TaskDatabase.open(properties, List.of("ops"));
    }

    @Bean
    HealthIndicator taskDatabaseHealth(TaskDatabase database) {
        return () -> database.answers() ? Health.up().build() : Health.down().build();
    }

    /** The class is the one that the stages read their events with, so that it is a matter of configuration, too. */
    @Bean
    Deserializer<?> eventDeserializer(KafkaProperties kafka) {
        Deserializer<?> deserializer =
                Utils.newInstance(kafka.getConsumer().getValueDeserializer().asSubclass(Deserializer.class));
        deserializer.configure(kafka.buildConsumerProperties(), false);
        return deserializer;
    }

    /** A batch that cannot be written is tried until it can: the database will be back. */
    @Bean
    CommonErrorHandler batchErrorHandler() {
        ExponentialBackOff backOff = new ExponentialBackOff(500, 2);
        backOff.setMaxInterval(10_000);
        return new DefaultErrorHandler(backOff);
    }

    @Bean
    CallLedger callLedger(TaskDatabase database, OpsProperties properties, Clock clock) {
        return new CallLedger(database, properties.priceList(), properties.ledgerRetention(), clock);
    }

    @Bean
    AttemptListener attemptListener(CallLedger ledger, Deserializer<?> eventDeserializer) {
        return new AttemptListener(ledger, eventDeserializer);
    }

    @Bean
    Periodic ledgerRetention(CallLedger ledger) {
        return Periodic.start("ledger-retention", Duration.ofHours(1), ledger::dropOld);
    }

    @Bean
    LetterIndex letterIndex(TaskDatabase database) {
        return new LetterIndex(database);
    }

    @Bean
    DeadLetterListener deadLetterListener(LetterIndex index, Deserializer<?> eventDeserializer) {
        return new DeadLetterListener(index, eventDeserializer);
    }
}
