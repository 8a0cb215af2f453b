package io.pawline.ops.audit;

import io.pawline.taskstore.TaskDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the audit together. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

    @Bean
    Audit audit(TaskDatabase database) {
        return new Audit(database.reports());
    }
}
