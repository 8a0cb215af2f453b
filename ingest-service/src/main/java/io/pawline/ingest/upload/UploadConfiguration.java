package io.pawline.ingest.upload;

import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.images.ManagedImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.DirectUploads;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the direct uploads, and the periodic work that deletes those that nobody took. */
@Configuration(proxyBeanMethods = false)
public class UploadConfiguration {

    @Bean
    DirectUploads directUploads(TaskDatabase database) {
        return new DirectUploads(database);
    }

    @Bean
    UploadSweep uploadSweep(
            ManagedImageStore images,
            DirectUploads uploads,
            IngestProperties settings,
            MeterRegistry meters,
            Clock clock) {
        return new UploadSweep(images, uploads, settings.maxSendTime(), settings.idempotencyWindow(), meters, clock);
    }

    @Bean
    Periodic expiredUploads(UploadSweep sweep) {
        return Periodic.start("expired-uploads", UploadSweep.EVERY, sweep::sweep);
    }
}
