package io.pawline.ingest.cancel;

import io.pawline.controls.ControlPublisher;
import io.pawline.service.EventFormats;
import io.pawline.service.Periodic;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires cancellation, and the periodic work that publishes and withdraws what a request could not. */
@Configuration(proxyBeanMethods = false)
public class CancelConfiguration {

    @Bean
    ControlPublisher controlPublisher(KafkaProperties kafka, Clock clock) {
        return new ControlPublisher(
                kafka.buildAdminProperties(), EventFormats.of(kafka).serializer(), clock);
    }

    @Bean
    TaskCancel taskCancel(TaskDatabase database, ControlPublisher controlPublisher, Clock clock) {
        return new TaskCancel(new Cancellations(database), new ControlTopic(controlPublisher), clock);
    }

    @Bean
    Periodic unpublishedCancellations(TaskCancel cancel) {
        return Periodic.start("unpublished-cancellations", Duration.ofSeconds(1), cancel::publishAll);
    }

    @Bean
    Periodic obsoleteCancellations(TaskCancel cancel) {
        return Periodic.start("obsolete-cancellations", Duration.ofMinutes(1), cancel::withdrawAll);
    }
}
