package io.pawline.ingest.upload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.images.ImageKey;
import io.pawline.images.ManagedImageStore;
import io.pawline.taskstore.DirectUploads;
import io.pawline.taskstore.UploadId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what is left of direct uploads after they have expired: photos that no task named, and photos of which the
 * deletion failed. Of those that are still needed, few at any time, the rows say so. Several processes may sweep at once. Thread-safe.
 */
final class UploadSweep {

    /** Pause between two rounds. */
    static final Duration EVERY = Duration.ofMinutes(1);

    /** Keys looked at together. */
    private static final int PAGE = 500;

    private final ManagedImageStore images;
    private final DirectUploads uploads;
    private final Duration grace;
    private final Duration takenKept;
    private final MeterRegistry meters;
    private final Clock clock;

    /**
     * Sweeps this store.
     *
     * @param maxSendTime the time that a client may take to send a photo
     * @param takenKept how long an upload is remembered that a task has taken, so that a repetition is recognised
     */
    UploadSweep(
            ManagedImageStore images,
            DirectUploads uploads,
            Duration maxSendTime,
            Duration takenKept,
            MeterRegistry meters,
            Clock clock) {
        this.images = images;
        this.uploads = uploads;
        this.grace = grace(maxSendTime);
        this.takenKept = takenKept;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * The time after its expiry for which an upload is left alone: a client may just be sending the photo, and a task
     * may just be taking it.
     */
    static Duration grace(Duration maxSendTime) {
        return maxSendTime.plus(Duration.ofMinutes(1));
    }

    /**
     * Deletes what has expired, and then forgets it, so that it counts for as long as it is there.
     *
     * @throws io.pawline.images.ImageStoreException if the store refuses; the next round begins anew
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    void sweep() {
        Instant now = clock.instant();
        Instant expired = now.minus(grace);
        String after = ImageKey.beforeIncoming();
        do {
            after = sweep(after, expired);
        } while (after != null);
        uploads.forget(expired, now.minus(takenKept));
    }

    /** Deletes the images of one page; null: it was the last one. */
    private @Nullable String sweep(String after, Instant expired) {
        ManagedImageStore.Page page = images.keys(after, PAGE);
        Map<UploadId, ImageKey> incoming = new HashMap<>();
        page.keys().stream()
                .filter(ImageKey::isIncoming)
                .forEach(key -> UploadId.parse(
                                key.value().substring(ImageKey.beforeIncoming().length()))
                        .ifPresent(id -> incoming.put(id, key)));
        incoming.keySet().removeAll(uploads.waiting(List.copyOf(incoming.keySet()), expired));
        incoming.values().forEach(this::delete);
        return page.keys().stream().allMatch(ImageKey::isIncoming) ? page.next() : null;
    }

    private void delete(ImageKey key) {
        images.delete(key);
        Counter.builder("pawline.ingest.images.deleted")
                .description("Images deleted because their time was over")
                .tag("kind", "upload")
                .register(meters)
                .increment();
    }
}
