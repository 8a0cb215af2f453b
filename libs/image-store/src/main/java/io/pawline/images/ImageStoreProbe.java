package io.pawline.images;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Shows by a small object that a store can be used: the object is written, read and deleted.
 */
public final class ImageStoreProbe {

    private ImageStoreProbe() {}

    /** What became of the object. */
    public sealed interface Result {

        /** It was read as it was written, and nothing of it is left. */
        record Gone() implements Result {}

        /** Something else is read than was written. */
        record Altered(ImageKey key) implements Result {}

        /** The user may not delete, which retention needs. */
        record LeftBehind(ImageKey key) implements Result {}
    }

    /**
     * Writes, reads and deletes an object of a few bytes below {@code pawline-check/}.
     *
     * @throws ImageStoreException if it cannot be written or read
     */
    public static Result run(ImageStoreProperties properties) {
        ManagedImageStore store = ImageStores.open(properties);
        try {
            ImageKey key = new ImageKey("pawline-check/" + UUID.randomUUID());
            byte[] bytes = key.value().getBytes(StandardCharsets.UTF_8);
            store.put(key, bytes, "text/plain");
            if (store.get(key).filter(read -> Arrays.equals(read, bytes)).isEmpty()) {
                return new Result.Altered(key);
            }
            return delete(store, key);
        } finally {
            if (store instanceof S3ImageStore s3) {
                s3.close();
            }
        }
    }

    private static Result delete(ManagedImageStore store, ImageKey key) {
        try {
            store.delete(key);
            return new Result.Gone();
        } catch (ImageStoreException refused) {
            return new Result.LeftBehind(key);
        }
    }
}
