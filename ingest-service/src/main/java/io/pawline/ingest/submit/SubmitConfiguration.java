package io.pawline.ingest.submit;

import io.pawline.images.ImageStore;
import io.pawline.images.ManagedImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.budget.TenantBudgets;
import io.pawline.ingest.pressure.Backpressure;
import io.pawline.ingest.relay.OutboxRelay;
import io.pawline.outbound.OutboundProperties;
import io.pawline.photos.PhotoNormaliser;
import io.pawline.photos.PhotoProperties;
import io.pawline.service.Periodic;
import io.pawline.service.TemporaryFolder;
import io.pawline.taskstore.DirectUploads;
import io.pawline.taskstore.SubmissionStore;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** Wires the way of a submission into the database. */
@Configuration(proxyBeanMethods = false)
public class SubmitConfiguration {

    /** Half is for subscriptions, see {@link IngestProperties.Follow}. */
    private static final int UPLOADS_PART_OF_HEAP = 4;

    private static final int DECODING_PART_OF_HEAP = 6;

    /** Far longer than any write of an image takes. */
    private static final Duration LONGEST_WRITE = Duration.ofHours(1);

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
            TenantBudgets budgets,
            Uploads uploads,
            IngestProperties settings,
            OutboundProperties outbound,
            Clock clock,
            OutboxRelay relay) {
        return new TaskIntake(
                submissionStore,
                backpressure,
                images,
                quotas,
                budgets,
                uploads,
                settings,
                outbound,
                clock,
                relay::nudge);
    }

    /** Photos that are decoded have a memory of their own. So none of them waits for one that waits for it. */
    @Bean
    Uploads uploads(PhotoProperties photo, IngestProperties settings) {
        long bytes = Runtime.getRuntime().maxMemory() / DECODING_PART_OF_HEAP;
        return new Uploads(
                new PhotoNormaliser(photo, TemporaryFolder.create("pawline-photo")),
                UploadMemory.forWork(bytes, settings.maxSendTime()));
    }

    @Bean
    PhotoTakeover photoTakeover(TaskIntake intake, DirectUploads uploads, ManagedImageStore images, Clock clock) {
        return new PhotoTakeover(intake, uploads, images, clock);
    }

    /** Has room for one upload at least, however small the heap is. */
    @Bean
    UploadMemory uploadMemory(IngestProperties settings, PhotoProperties photo) {
        long oneUpload = photo.maxSize().toBytes() + TaskForm.MAX_BYTES_BESIDE_THE_PHOTO;
        DataSize wanted = settings.uploadMemory();
        if (wanted != null && wanted.toBytes() < oneUpload) {
            throw new IllegalArgumentException(
                    "pawline.ingest.upload-memory must be >= %d bytes, one photo and its form, was %s"
                            .formatted(oneUpload, wanted));
        }
        long bytes = wanted != null
                ? wanted.toBytes()
                : Math.max(oneUpload, Runtime.getRuntime().maxMemory() / UPLOADS_PART_OF_HEAP);
        return new UploadMemory(bytes, settings.maxSendTime());
    }

    /** Removes what processes that died amid a write have left in the image store, now and from time to time. */
    @Bean
    Periodic abandonedImages(ImageStore images, Clock clock) {
        Runnable sweep = () -> images.sweep(clock.instant().minus(LONGEST_WRITE));
        sweep.run();
        return Periodic.start("abandoned-images", Duration.ofMinutes(10), sweep);
    }
}
