package io.pawline.ops.controls;

import io.pawline.controls.ControlPublisher;
import io.pawline.controls.ControlStateReader;
import io.pawline.service.EventFormats;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the live controls of operators together. */
@Configuration(proxyBeanMethods = false)
class ControlsConfiguration {

    /** A person waits for the answer, and each control that waits holds a connection to the database. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Bean
    ControlPublisher controlPublisher(KafkaProperties kafka, Clock clock) {
        return new ControlPublisher(
                kafka.buildAdminProperties(), EventFormats.of(kafka).serializer(), clock, TIMEOUT);
    }

    @Bean
    ControlEvents controlEvents(ControlStateReader state) {
        return new ControlEvents(state);
    }

    @Bean
    OperatorControls operatorControls(TaskDatabase database, ControlPublisher controlPublisher, Clock clock) {
        return new OperatorControls(database.reports(), new Cancellations(database), controlPublisher, clock);
    }
}
