package io.pawline.ops.retention;

import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the upkeep of the history together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OpsRetentionProperties.class)
class OpsRetentionConfiguration {

    @Bean
    OpsHistory opsHistory(TaskDatabase database, OpsRetentionProperties retention, Clock clock) {
        return new OpsHistory(database, retention, clock);
    }

    /** The first partitions are made at once: after months without the service, there is none for the first action. */
    @Bean
    Periodic opsRetention(OpsHistory history) {
        history.makeAhead();
        return Periodic.start("ops-retention", Duration.ofMinutes(10), () -> {
            history.makeAhead();
            history.deleteOld();
        });
    }
}
