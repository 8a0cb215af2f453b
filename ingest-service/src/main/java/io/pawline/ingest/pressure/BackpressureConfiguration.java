package io.pawline.ingest.pressure;

import io.pawline.ingest.IngestProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.OpenTasks;
import io.pawline.taskstore.TaskDatabase;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the backpressure and has it look at the backlog every second. */
@Configuration(proxyBeanMethods = false)
public class BackpressureConfiguration {

    @Bean
    Backpressure backpressure(TaskDatabase database, IngestProperties settings, Clock clock) {
        OpenTasks tasks = new OpenTasks(database);
        return new Backpressure(tasks::count, tasks::workedOffSince, settings.backlog(), clock, new SecureRandom());
    }

    @Bean
    Periodic backlogRefresh(Backpressure backpressure) {
        return Periodic.start("backlog", Duration.ofSeconds(1), backpressure::refresh);
    }
}
