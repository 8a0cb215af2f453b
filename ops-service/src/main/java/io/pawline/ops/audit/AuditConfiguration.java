package io.pawline.ops.audit;

import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** Puts the audit together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AuditProperties.class)
class AuditConfiguration {

    @Bean
    Audit audit(TaskDatabase database) {
        return new Audit(database.reports());
    }

    /** It comes after the partition that it needs. */
    @Bean
    @DependsOn("opsRetention")
    InitializingBean deploymentNote(TaskDatabase database, AuditProperties properties, Clock clock) {
        return () -> {
            String deployment = properties.deployment();
            if (deployment != null && !deployment.isBlank()) {
                database.inTransaction(handle -> Audit.noteDeployment(handle, deployment, clock.instant()));
            }
        };
    }
}
