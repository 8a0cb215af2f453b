package io.pawline.ingest.retention;

import io.pawline.images.ImageKey;
import io.pawline.images.ManagedImageStore;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskErasure;
import io.pawline.taskstore.TaskErasure.Result;
import java.time.Clock;
import java.util.List;

/**
 * Erases a task at once: deletes its images, and takes out of its row what may lead to a person. If it is broken off, the
 * same request completes it. Thread-safe.
 */
public final class Erasure {

    private static final int PAGE = 1_000;

    private final ManagedImageStore images;
    private final TaskErasure rows;
    private final Clock clock;

    public Erasure(ManagedImageStore images, TaskErasure rows, Clock clock) {
        this.images = images;
        this.rows = rows;
        this.clock = clock;
    }

    /**
     * Erases a task of a tenant, if it has a final state. Its row comes before its images: if they cannot be deleted, the
     * tenant has no such task any more, and a repeated request deletes them.
     *
     * @throws io.pawline.images.ImageStoreException if an image cannot be deleted
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    public Result erase(TaskId id, String tenant) {
        Result result = rows.erase(id, tenant, clock.instant());
        if (result == Result.ERASED) {
            deleteImages(id);
        }
        return result;
    }

    private void deleteImages(TaskId id) {
        List<ImageKey> keys;
        do {
            keys = images.keys(id.toString(), PAGE).keys().stream()
                    .filter(key -> key.task().filter(id::equals).isPresent())
                    .toList();
            keys.forEach(images::delete);
        } while (keys.size() == PAGE);
    }
}
