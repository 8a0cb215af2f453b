package io.pawline.ingest.retention;

import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.images.ManagedImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.SweepMarks;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskErasure;
import io.pawline.taskstore.TaskHistory;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the upkeep of the history of tasks. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RetentionProperties.class)
class RetentionConfiguration {

    private static final Duration EVERY = Duration.ofMinutes(10);

    /** What a stage has at the deadline of a task may take so much longer. */
    private static final Duration AFTER_DEADLINE = Duration.ofHours(1);

    @Bean
    TaskRetention taskRetentionRounds(
            TaskDatabase database, RetentionProperties settings, Clock clock, MeterRegistry meters) {
        return new TaskRetention(new TaskHistory(database, settings.tasks(), clock), meters);
    }

    /** The first round is at once: after months without a service, there is no partition for the first task. */
    @Bean
    Periodic taskRetention(TaskRetention retention) {
        retention.makeAhead();
        return Periodic.start("task-retention", EVERY, retention::keep);
    }

    @Bean
    ImageSweep imageSweep(
            ManagedImageStore images,
            TaskDatabase database,
            TaskDao tasks,
            RetentionProperties settings,
            IngestProperties ingest,
            MeterRegistry meters,
            Clock clock) {
        return new ImageSweep(
                images,
                tasks,
                new SweepMarks(database),
                settings,
                ingest.maxDeadline().plus(AFTER_DEADLINE),
                meters,
                clock);
    }

    @Bean
    Periodic imageRetention(ImageSweep sweep) {
        return Periodic.start("image-retention", EVERY, sweep::sweep);
    }

    @Bean
    Erasure erasure(ManagedImageStore images, TaskDatabase database, Clock clock) {
        return new Erasure(images, new TaskErasure(database), clock);
    }
}
