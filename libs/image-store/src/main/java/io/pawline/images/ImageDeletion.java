package io.pawline.images;

import io.pawline.schemas.TaskId;

/**
 * Deletes images from a store. The pipeline itself never does, so {@link ImageStore} has no such method. Thread-safe.
 */
public final class ImageDeletion {

    private final ImageStore store;

    /** @param store of {@link ImageStores#open} */
    public ImageDeletion(ImageStore store) {
        this.store = store;
    }

    /**
     * Deletes the photo and all pictures of a task, of all its generations. Nothing happens if it has none.
     *
     * @throws ImageStoreException if the store cannot be written; then some may be left, and the call can be repeated
     */
    public void deleteAll(TaskId task) {
        switch (store) {
            case S3ImageStore s3 -> s3.deleteAll(task);
            case FolderImageStore folder -> folder.deleteAll(task);
            default -> throw new IllegalStateException("the store is of no kind that deletes: " + store.getClass());
        }
    }
}
