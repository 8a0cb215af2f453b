package io.pawline.ingest.retention;

import io.pawline.images.ImageKey;
import io.pawline.images.ManagedImageStore;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskErasure;
import io.pawline.taskstore.TaskErasure.Result;
import java.util.List;
import java.util.Optional;

/**
 * Erases a task at once: deletes its images, and takes out of its row what may lead to a person. If it is broken off, the
 * same request completes it. Thread-safe.
 */
public final class Erasure {

    private static final int PAGE = 1_000;

    private final ManagedImageStore images;
    private final TaskDao tasks;
    private final TaskErasure rows;

    public Erasure(ManagedImageStore images, TaskDao tasks, TaskErasure rows) {
        this.images = images;
        this.tasks = tasks;
        this.rows = rows;
    }

    /**
     * Erases a task of a tenant that has a final state. Afterwards, the tenant has no such task.
     *
     * @return empty if the tenant has no such task
     * @throws io.pawline.images.ImageStoreException if an image cannot be deleted; then the row is as it was
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    public Optional<Result> erase(TaskId id, String tenant) {
        Optional<Task> task =
                tasks.find(id).filter(found -> found.submission().tenant().equals(tenant));
        if (task.flatMap(Task::finalState).isPresent()) {
            deleteImages(id);
        }
        return task.isEmpty() ? Optional.empty() : rows.erase(id, tenant);
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
