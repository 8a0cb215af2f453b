package io.pawline.ops;

import io.pawline.service.DatabaseHealth;
import io.pawline.service.EventListenerConfiguration;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.web.ContractController;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Puts together what all features of ops-service share; each feature has a configuration in its own package. */
@Configuration(proxyBeanMethods = false)
@Import(EventListenerConfiguration.class)
@EnableConfigurationProperties(DatabaseProperties.class)
class OpsConfiguration {

    @Bean
    ContractController contract() {
        return new ContractController("/ops-openapi.yaml");
    }

    @Bean
    TaskDatabase taskDatabase(DatabaseProperties properties) {
        return TaskDatabase.open(properties, List.of("ops"));
    }

    @Bean
    HealthIndicator taskDatabaseHealth(TaskDatabase database) {
        return new DatabaseHealth(database::answers);
    }

    @Bean
    TaskDao taskDao(TaskDatabase database) {
        return new TaskDao(database.reports());
    }
}
