package io.pawline.ingest.access;

import io.pawline.ingest.IngestProperties;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.KeyRing;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the API keys and the quotas. */
@Configuration(proxyBeanMethods = false)
public class AccessConfiguration {

    @Bean
    ApiClientAccess apiClientAccess(TaskDatabase database, IngestProperties settings, Clock clock) {
        return new ApiClientAccess(
                new KeyRing(new ApiKeys(database), clock), settings.access().tasksPerMinute());
    }

    @Bean
    Quotas quotas() {
        return new Quotas();
    }
}
