package io.pawline.ingest.callbacks;

import io.pawline.taskstore.CallbackAttempts;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.UndeliveredCallbacks;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the list of undelivered callbacks, and the attempts of each. */
@Configuration(proxyBeanMethods = false)
public class CallbacksConfiguration {

    @Bean
    UndeliveredCallbacks undeliveredCallbacks(TaskDatabase database) {
        return new UndeliveredCallbacks(database.reads());
    }

    @Bean
    CallbackAttempts callbackAttempts(TaskDatabase database) {
        return new CallbackAttempts(database.reads());
    }
}
