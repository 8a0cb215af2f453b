package io.pawline.ingest.pressure;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.budget.TenantBudgets;
import io.pawline.ingest.weights.TenantWeights;
import io.pawline.schemas.TaskId;
import io.pawline.service.Periodic;
import io.pawline.taskstore.OpenTasks;
import io.pawline.taskstore.OpenTasks.EndedTask;
import io.pawline.taskstore.OpenTasks.OpenGroup;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.TaskDatabase;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the backpressure and has it look at the backlog every second; and the forecasts. */
@Configuration(proxyBeanMethods = false)
public class BackpressureConfiguration {

    @Bean
    Backpressure backpressure(TaskDatabase database, IngestProperties settings, TenantWeights weights, Clock clock) {
        OpenTasks tasks = new OpenTasks(database.reads());
        return new Backpressure(
                tasks::countOfTenants,
                tasks::workedOffSince,
                weights::of,
                settings.backlog(),
                clock,
                new SecureRandom());
    }

    @Bean
    Periodic backlogRefresh(Backpressure backpressure) {
        return Periodic.start("backlog", Duration.ofSeconds(1), backpressure::refresh);
    }

    @Bean
    TaskForecasts taskForecasts(TaskDatabase database, ProgressDao progress, TenantBudgets budgets, Clock clock) {
        OpenTasks tasks = new OpenTasks(database.reads());
        return new TaskForecasts(
                new TaskForecasts.Source() {
                    @Override
                    public List<OpenGroup> open() {
                        return tasks.waiting();
                    }

                    @Override
                    public List<EndedTask> ended(Instant since, int limit) {
                        return tasks.ended(since, limit);
                    }

                    @Override
                    public List<StageReached> reached(Collection<TaskId> ids) {
                        return progress.of(ids);
                    }
                },
                budgets::waits,
                clock);
    }
}
