package io.pawline.ingest.submit;

import io.pawline.images.ImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.pressure.Backpressure;
import io.pawline.ingest.relay.OutboxRelay;
import io.pawline.outbound.OutboundProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.SubmissionStore;
import io.pawline.taskstore.TaskDatabase;
import jakarta.servlet.MultipartConfigElement;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the way of a submission into the database. */
@Configuration(proxyBeanMethods = false)
public class SubmitConfiguration {

    /** Room for the other fields of a form, and for the headers of its parts. */
    private static final long FORM_OVERHEAD_BYTES = 64 * 1024;

    private static final int UPLOAD_MEMORY_BYTES = 256 * 1024;

    @Bean
    SubmissionStore submissionStore(TaskDatabase database) {
        return new SubmissionStore(database);
    }

    @Bean
    Periodic lapsedKeys(SubmissionStore submissionStore, IngestProperties settings, Clock clock) {
        return Periodic.start(
                "lapsed-keys",
                Duration.ofMinutes(10),
                () -> submissionStore.forget(clock.instant().minus(settings.idempotencyWindow())));
    }

    @Bean
    TaskIntake taskIntake(
            SubmissionStore submissionStore,
            Backpressure backpressure,
            ImageStore images,
            Quotas quotas,
            IngestProperties settings,
            OutboundProperties outbound,
            Clock clock,
            OutboxRelay relay) {
        return new TaskIntake(submissionStore, backpressure, images, quotas, settings, outbound, clock, relay::nudge);
    }

    /** Derives Spring's settings for uploads from the one cap on photos. */
    @Bean
    MultipartConfigElement uploadLimits(OutboundProperties outbound) {
        long image = outbound.maxImageSize().toBytes();
        return new MultipartConfigElement("", image, image + FORM_OVERHEAD_BYTES, UPLOAD_MEMORY_BYTES);
    }
}
