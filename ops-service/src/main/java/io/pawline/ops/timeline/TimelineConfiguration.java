package io.pawline.ops.timeline;

import io.pawline.ops.live.StageWait;
import io.pawline.service.BudgetProperties;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
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
        WaitReason wait = new WaitReason(stages::of, tenant -> isOutOfMoney(tenant, money, budget, clock), clock);
        return new Timelines(database.reports(), wait);
    }

    private static boolean isOutOfMoney(String tenant, BudgetStore money, BudgetProperties budget, Clock clock) {
        long limit = budget.microsPerDay(tenant);
        return limit > 0 && money.ofDay(tenant, budget.dayOf(clock.instant())).exhausted(limit);
    }
}
