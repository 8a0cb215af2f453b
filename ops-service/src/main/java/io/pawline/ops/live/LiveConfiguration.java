package io.pawline.ops.live;

import io.pawline.controls.ControlStateReader;
import io.pawline.ops.ledger.LedgerProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts together the live count, its tables, the alerts and the live view. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AlertProperties.class)
class LiveConfiguration {

    @Bean
    LiveStreams liveStreams(KafkaProperties kafka, Deserializer<?> eventDeserializer, LedgerProperties properties) {
        return new LiveStreams(kafka.buildAdminProperties(), eventDeserializer, properties.priceList());
    }

    @Bean
    Periodic liveCount(LiveStreams streams) {
        return Periodic.start("live-count", Duration.ofSeconds(1), streams::tend);
    }

    @Bean
    LiveStore liveStore(TaskDatabase database, LedgerProperties properties, Clock clock) {
        return new LiveStore(database, properties.ledgerRetention(), clock);
    }

    @Bean
    LiveListener liveListener(LiveStore store) {
        return new LiveListener(store);
    }

    @Bean
    Periodic liveRetention(LiveStore store) {
        return Periodic.start("live-retention", Duration.ofHours(1), store::dropOld);
    }

    @Bean
    LiveQueries liveQueries(TaskDatabase database) {
        return new LiveQueries(database);
    }

    @Bean
    Alerts alerts(TaskDatabase database, LiveQueries queries, AlertProperties settings, Clock clock) {
        return new Alerts(database, queries, settings, clock);
    }

    /** Looks at the alerts also when nobody asks, so that the time since which one fires is known. */
    @Bean
    Periodic alertWatch(Alerts alerts) {
        return Periodic.start("alerts", Duration.ofSeconds(10), alerts::now);
    }

    @Bean
    ConsumerLag consumerLag(KafkaProperties kafka) {
        return new ConsumerLag(kafka.buildAdminProperties());
    }

    @Bean(initMethod = "start")
    ControlStateReader controlStateReader(KafkaProperties kafka, Deserializer<?> eventDeserializer, Clock clock) {
        return new ControlStateReader(kafka.buildAdminProperties(), eventDeserializer, clock);
    }

    @Bean
    Live live(LiveQueries queries, Alerts alerts, ConsumerLag lags, ControlStateReader controls, Clock clock) {
        return new Live(queries, alerts, lags, controls, clock);
    }
}
