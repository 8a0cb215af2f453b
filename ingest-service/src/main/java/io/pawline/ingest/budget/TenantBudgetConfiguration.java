package io.pawline.ingest.budget;

import io.pawline.service.BudgetProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;

/** Wires what grants and shows the money of tenants. */
@Configuration(proxyBeanMethods = false)
public class TenantBudgetConfiguration {

    /** Longer than dead letters are kept by default: a task that is replayed has its money of before. */
    private static final Duration KEPT = Duration.ofDays(100);

    @Bean
    BudgetStore budgetStore(TaskDatabase database) {
        return new BudgetStore(database);
    }

    @Bean
    TenantBudgets tenantBudgets(TaskDatabase database, BudgetProperties budget, Clock clock) {
        return new TenantBudgets(new BudgetStore(database.reads()), budget, clock);
    }

    @Bean
    BudgetListener budgetListener(
            BudgetStore budgetStore,
            BudgetProperties budget,
            KafkaTemplate<String, SpecificRecord> kafka,
            Deserializer<?> eventDeserializer,
            Clock clock) {
        return new BudgetListener(budgetStore, budget, kafka, eventDeserializer, clock);
    }

    @Bean
    Periodic budgetRetention(BudgetStore budgetStore, Clock clock) {
        return Periodic.start(
                "budget-retention",
                Duration.ofHours(1),
                () -> budgetStore.forget(clock.instant().minus(KEPT)));
    }
}
