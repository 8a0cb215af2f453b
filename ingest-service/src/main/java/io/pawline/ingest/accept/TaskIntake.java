package io.pawline.ingest.accept;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.outbound.AddressGuard;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.OutboundProperties;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Photo;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Takes submissions: once one is accepted, it is in the database, and will be answered. Thread-safe. */
public final class TaskIntake {

    private final TaskDao tasks;
    private final ImageStore images;
    private final Fields fields;
    private final Uploads uploads;
    private final @Nullable URI defaultCallback;
    private final Clock clock;
    private final Runnable accepted;

    /** @param accepted told after each task that has been kept */
    public TaskIntake(
            TaskDao tasks,
            ImageStore images,
            IngestProperties settings,
            OutboundProperties outbound,
            Clock clock,
            Runnable accepted) {
        this.tasks = tasks;
        this.images = images;
        this.fields = new Fields(AddressGuard.of(outbound), settings.defaultDeadline(), settings.maxDeadline());
        this.uploads = new Uploads(outbound.maxImageSize().toBytes(), outbound.maxImagePixels());
        this.defaultCallback = settings.defaultCallbackUrl();
        this.clock = clock;
        this.accepted = accepted;
    }

    /**
     * Keeps a new task. An uploaded photo is stored first, so that no task is without its photo.
     *
     * @throws RefusedException if it cannot be taken; then nothing has been kept
     * @throws io.pawline.taskstore.DatabaseUnavailableException if it could not be kept
     * @throws io.pawline.images.ImageStoreException if its photo could not be kept
     */
    public Submission accept(TaskRequest request, String tenant) throws RefusedException {
        Instant now = clock.instant();
        String style = fields.style(request.style());
        URI callback =
                request.callbackUrl() == null ? defaultCallback : fields.url("callback_url", request.callbackUrl());
        Instant deadline = fields.deadline(request.deadline(), now);
        TaskId id = TaskId.next();
        Photo photo = photo(id, request);
        Submission submission = new Submission(id, tenant, style, photo, callback, now, deadline);
        tasks.accept(submission);
        accepted.run();
        return submission;
    }

    private Photo photo(TaskId id, TaskRequest request) throws RefusedException {
        String url = request.imageUrl();
        byte[] image = request.image();
        if (url != null && image != null) {
            throw RefusedException.invalid("image_url", "and image are both given: send one of them");
        }
        if (url != null) {
            return new Photo.Remote(fields.url("image_url", url));
        }
        if (image != null) {
            ImageHeader header = uploads.check(image);
            ImageKey key = ImageKey.photo(id);
            images.put(key, image, header.kind().mediaType());
            return new Photo.Stored(key.value());
        }
        throw RefusedException.invalid(
                "image_url", "is missing: send it in a JSON body, or upload the photo as the part image of a form");
    }
}
