package io.pawline.ingest.list;

import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskListing;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the list of tasks. */
@Configuration(proxyBeanMethods = false)
public class ListConfiguration {

    @Bean
    TaskListing taskListing(TaskDatabase database, Clock clock) {
        return new TaskListing(database.reads(), clock);
    }
}
