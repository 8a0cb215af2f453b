package io.pawline.images;

import java.time.Duration;
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
     * An address at which anybody who has it can send an image, which the store then has under this key. What is sent
     * later replaces what was sent before. The address is for one kind of image with one length.
     *
     * @param key of a direct upload
     * @param contentType media type that the image is to be sent with
     * @param length bytes of the image
     * @param validity the time for which the address is valid, from 1 second to 7 days
     * @throws ImageStoreException if the address cannot be made, for example without the store's credentials
     */
    UploadAddress uploadAddress(ImageKey key, String contentType, long length, Duration validity);

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
