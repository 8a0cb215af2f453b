package io.pawline.generate;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStoreException;
import io.pawline.images.PaidImages;
import io.pawline.schemas.TaskId;
import io.pawline.stage.MemoryBudget;
import java.util.Objects;
import java.util.UUID;

/** Keeps pictures of providers that keep none themselves, from the answer to the image store. Thread-safe. */
final class PictureArchive {

    private final PaidImages images;
    private final MemoryBudget memory;

    /** @param memory that answers with pictures take their share of before they are read */
    PictureArchive(PaidImages images, MemoryBudget memory) {
        this.images = Objects.requireNonNull(images, "images");
        this.memory = Objects.requireNonNull(memory, "memory");
    }

    /** Makes a share of the memory for one call and what comes of it. */
    MemoryBudget.Share share() {
        return memory.none();
    }

    /**
     * Stores a picture, and returns where it is.
     *
     * @throws ImageStoreException if the store cannot be written
     * @throws InterruptedException if the runtime gives the task up
     */
    ImageKey keep(TaskId task, int generation, Generation.Drawn picture) throws InterruptedException {
        ImageKey key = ImageKey.picture(
                task, generation, UUID.randomUUID(), picture.kind().extension());
        images.keep(key, picture.bytes(), picture.kind().mediaType());
        return key;
    }
}
