package io.pawline.ops.alerts;

import io.pawline.outbound.OutboundProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the history of alerts and their notifications together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({NotificationProperties.class, OutboundProperties.class})
class AlertConfiguration {

    @Bean
    AlertJournal alertJournal(TaskDatabase database, NotificationProperties properties) {
        return new AlertJournal(database, properties.severities());
    }

    @Bean
    Notifier notifier(
            TaskDatabase database, NotificationProperties properties, OutboundProperties outbound, Clock clock) {
        return new Notifier(database, properties, outbound, clock);
    }

    @Bean
    Periodic notifications(Notifier notifier) {
        return Periodic.start("notifications", Duration.ofSeconds(1), notifier::sendAll);
    }
}
