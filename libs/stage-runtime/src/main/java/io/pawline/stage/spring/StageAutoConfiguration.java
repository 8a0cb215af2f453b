package io.pawline.stage.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.service.BudgetProperties;
import io.pawline.service.EventFormats;
import io.pawline.service.FairnessProperties;
import io.pawline.service.InstanceProperties;
import io.pawline.service.TracingAutoConfiguration;
import io.pawline.stage.BudgetPolicy;
import io.pawline.stage.Fairness;
import io.pawline.stage.Handler;
import io.pawline.stage.KafkaClients;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.StageRuntime;
import io.pawline.stage.StageSpec;
import io.pawline.stage.SystemScheduler;
import java.time.Clock;
import java.util.Optional;
import java.util.Random;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;

/**
 * Runs the stage of a service that defines a {@link StageSpec} and a {@link Handler}, with the Kafka connection of
 * {@code spring.kafka.*}. Liveness and readiness depend on the stage alone, never on a provider or a database.
 */
@AutoConfiguration(after = TracingAutoConfiguration.class)
@ConditionalOnBean({StageSpec.class, Handler.class})
@EnableConfigurationProperties({
    InstanceProperties.class,
    MemoryProperties.class,
    FairnessProperties.class,
    BudgetProperties.class
})
public class StageAutoConfiguration {

    @Bean(destroyMethod = "")
    StageRuntime<?> stageRuntime(
            StageSpec<?> spec,
            Handler<?> handler,
            KafkaProperties kafka,
            InstanceProperties instance,
            MeterRegistry meters,
            OpenTelemetry telemetry,
            MemoryProperties memory,
            FairnessProperties fairness,
            BudgetProperties budget,
            Clock clock) {
        Fairness shares = new Fairness(fairness::weight, fairness.bulkAgesAfter());
        long records = memory.bytesOfRecords();
        return runtime(spec, handler, kafka, instance, meters, telemetry, clock, shares, limited(budget), records);
    }

    private static Optional<BudgetPolicy> limited(BudgetProperties budget) {
        return budget.limitsAnybody()
                ? Optional.of(new BudgetPolicy(
                        tenant -> budget.microsPerDay(tenant) > 0,
                        tenant -> budget.microsPerTask(tenant) > 0,
                        budget.whenSpent() == BudgetProperties.WhenSpent.WAIT))
                : Optional.empty();
    }

    /** The memory that the pictures of all tasks at work may take. */
    @Bean
    MemoryBudget memoryBudget(MemoryProperties properties) {
        return MemoryBudget.ofHeap(properties.share());
    }

    @Bean
    StageLifecycle stageLifecycle(StageRuntime<?> stage) {
        return new StageLifecycle(stage);
    }

    /** Makes the stage a part of the liveness probe. */
    @Bean
    HealthIndicator stageAliveHealthIndicator(StageRuntime<?> stage) {
        return () -> status(stage.alive());
    }

    /** Makes the stage a part of the readiness probe. */
    @Bean
    HealthIndicator stageReadyHealthIndicator(StageRuntime<?> stage) {
        return () -> status(stage.ready());
    }

    private static Health status(boolean good) {
        return (good ? Health.up() : Health.down()).build();
    }

    // A service has one stage, so its handler takes what its specification names.
    @SuppressWarnings("unchecked")
    private static <I> StageRuntime<I> runtime(
            StageSpec<I> spec,
            Handler<?> handler,
            KafkaProperties kafka,
            InstanceProperties instance,
            MeterRegistry meters,
            OpenTelemetry telemetry,
            Clock clock,
            Fairness fairness,
            Optional<BudgetPolicy> limited,
            long memory) {
        return new StageRuntime<>(
                spec,
                (Handler<I>) handler,
                new KafkaClients(kafka.buildAdminProperties(), instance.instanceId()),
                new SystemScheduler(),
                EventFormats.of(kafka),
                meters,
                telemetry,
                clock,
                new Random(),
                fairness,
                limited,
                memory);
    }
}
