package io.pawline.ingest.batch;

import io.pawline.service.Periodic;
import io.pawline.taskstore.Batches;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the batches, and the periodic work that forgets old ones. */
@Configuration(proxyBeanMethods = false)
public class BatchConfiguration {

    /** How long a batch is known: longer than its tasks are. */
    private static final Duration KEPT = Duration.ofDays(400);

    @Bean
    Batches batches(TaskDatabase database) {
        return new Batches(database);
    }

    @Bean
    Periodic oldBatches(Batches batches, Clock clock) {
        return Periodic.start(
                "old-batches",
                Duration.ofHours(1),
                () -> batches.forget(clock.instant().minus(KEPT)));
    }
}
