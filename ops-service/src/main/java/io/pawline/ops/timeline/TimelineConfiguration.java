package io.pawline.ops.timeline;

import io.pawline.taskstore.TaskDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the timelines of tasks together. */
@Configuration(proxyBeanMethods = false)
class TimelineConfiguration {

    @Bean
    Timelines timelines(TaskDatabase database) {
        return new Timelines(database.reports());
    }
}
