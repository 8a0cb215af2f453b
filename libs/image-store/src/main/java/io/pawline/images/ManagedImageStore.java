package io.pawline.images;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Also lists what it keeps, and deletes. The pipeline itself never deletes an image; retention does. Many threads and
 * processes may use it at once.
 */
public interface ManagedImageStore extends ImageStore {

    /**
     * The keys after a place, in the order of their texts, so that those of one task follow each other, and earlier
     * tasks come first. Files and objects whose names are no keys are left out.
     *
     * @param after the place; null: the beginning
     * @param limit most keys, from 1 to 1,000
     * @throws ImageStoreException if the store cannot be read
     */
    Page keys(@Nullable String after, int limit);

    /**
     * Deletes the image under this key. Nothing happens if there is none.
     *
     * @throws ImageStoreException if the store refuses, or cannot be reached
     */
    void delete(ImageKey key);

    /**
     * Some keys.
     *
     * @param next the place to go on after; null: there are no more
     */
    record Page(List<ImageKey> keys, @Nullable String next) {
        public Page {
            keys = List.copyOf(keys);
        }
    }
}
