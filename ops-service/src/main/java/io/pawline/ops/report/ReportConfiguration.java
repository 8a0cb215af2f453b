package io.pawline.ops.report;

import io.pawline.ops.live.AlertProperties;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the report together. */
@Configuration(proxyBeanMethods = false)
class ReportConfiguration {

    @Bean
    Reports reports(TaskDatabase database, AlertProperties alerts, Clock clock) {
        return new Reports(database.reports(), alerts.amplification(), clock);
    }
}
