package io.pawline.ops.budget;

import io.pawline.service.Periodic;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.TaskDatabase;
import java.time.Duration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Has the money of dead processes settled. */
@Configuration(proxyBeanMethods = false)
class BudgetSettlementConfiguration {

    @Bean
    Periodic budgetSettlement(TaskDatabase database, KafkaProperties kafka) {
        BudgetSettlement settlement = new BudgetSettlement(
                new BudgetStore(database),
                database,
                new LedgerPosition(kafka.buildAdminProperties()),
                System::nanoTime);
        return Periodic.start("budget-settlement", Duration.ofSeconds(10), settlement::round);
    }
}
