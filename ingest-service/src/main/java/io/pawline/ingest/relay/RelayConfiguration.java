package io.pawline.ingest.relay;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.budget.TenantBudgets;
import io.pawline.ingest.weights.TenantWeights;
import io.pawline.service.BudgetProperties;
import io.pawline.service.BudgetProperties.WhenSpent;
import io.pawline.service.Periodic;
import io.pawline.taskstore.LaterTasks;
import io.pawline.taskstore.OpenTasks;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import org.apache.avro.specific.SpecificRecord;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ProducerFactory;

/** Wires the relay from the outbox to Kafka. */
@Configuration(proxyBeanMethods = false)
public class RelayConfiguration {

    @Bean
    TaskAcceptedPublisher taskAcceptedPublisher(ProducerFactory<String, SpecificRecord> producers) {
        return new TaskAcceptedPublisher(producers);
    }

    @Bean
    TaskRelease taskRelease(
            TaskDatabase database,
            TaskAcceptedPublisher publisher,
            IngestProperties settings,
            TenantWeights weights,
            TenantBudgets budgets,
            BudgetProperties budget,
            Clock clock) {
        OpenTasks tasks = new OpenTasks(database.reads());
        return new TaskRelease(
                TaskRelease.AcceptedTasks.of(new Outbox(database, clock)),
                publisher,
                new ReleaseWindow(
                        tasks::workedOffSince,
                        since -> tasks.timeInStages(since, ReleaseWindow.SAMPLE),
                        settings.relay(),
                        clock),
                new FairShares(weights::of),
                // Where no task waits for money, each has to get to its stage to fail there
                budget.whenSpent() == WhenSpent.WAIT ? budgets::waits : _ -> false,
                settings.relay().batchSize(),
                System::nanoTime);
    }

    /** Closes producers at once: the relay waits for its records itself, and lost answers about money are asked for again. */
    @Bean
    DefaultKafkaProducerFactoryCustomizer closingAtOnce() {
        return producers -> producers.setPhysicalCloseTimeout(0);
    }

    @Bean
    OutboxRelay outboxRelay(TaskRelease release, IngestProperties settings) {
        return new OutboxRelay(release, settings.relay());
    }

    /** Releases tasks that start later, within about the poll interval after their time has come. */
    @Bean
    Periodic heldTasks(TaskDatabase database, IngestProperties settings, Clock clock, OutboxRelay relay) {
        LaterTasks held = new LaterTasks(database);
        int limit = settings.relay().batchSize();
        return Periodic.start("held-tasks", settings.relay().pollInterval(), () -> {
            int released;
            do {
                released = held.release(clock.instant(), limit);
                if (released > 0) {
                    relay.nudge();
                }
            } while (released == limit);
        });
    }
}
