package io.pawline.ops.ledger;

import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the ledger of calls together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LedgerProperties.class)
class LedgerConfiguration {

    @Bean
    CallLedger callLedger(TaskDatabase database, LedgerProperties properties, Clock clock) {
        return new CallLedger(database, properties.priceList(), properties.ledgerRetention(), clock);
    }

    @Bean
    AttemptListener attemptListener(
            CallLedger ledger, Deserializer<?> eventDeserializer, List<AttemptListener.Further> further) {
        return new AttemptListener(ledger, eventDeserializer, further);
    }

    @Bean
    Periodic ledgerRetention(CallLedger ledger) {
        return Periodic.start("ledger-retention", Duration.ofHours(1), () -> {
            ledger.makeAhead();
            ledger.dropOld();
        });
    }
}
