package io.pawline.ops.timeline;

import io.pawline.ops.live.StageWait;
import io.pawline.schemas.Stage;
import io.pawline.service.BudgetProperties;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the timelines of tasks together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BudgetProperties.class)
class TimelineConfiguration {

    @Bean
    Timelines timelines(TaskDatabase database, StageWait stages, BudgetProperties budget, Clock clock) {
        BudgetStore money = new BudgetStore(database);
        WaitReason.Stages waits = new WaitReason.Stages() {
            @Override
            public Optional<String> of(Stage stage) throws InterruptedException {
                return stages.of(stage);
            }

            @Override
            public boolean hasItsShare(Stage stage, String tenant) {
                return stages.hasItsShare(stage, tenant);
            }
        };
        WaitReason wait = new WaitReason(waits, tenant -> isOutOfMoney(tenant, money, budget, clock), clock);
        return new Timelines(database.reports(), wait);
    }

    private static boolean isOutOfMoney(String tenant, BudgetStore money, BudgetProperties budget, Clock clock) {
        long limit = budget.microsPerDay(tenant);
        return limit > 0 && money.ofDay(tenant, budget.dayOf(clock.instant())).exhausted(limit);
    }
}
