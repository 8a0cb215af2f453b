package io.pawline.images;

import java.net.URI;
import java.util.Optional;

/**
 * Keeps image bytes by key. Safe for use by many threads and processes at once; when two write one key together, either
 * wins whole.
 */
public interface ImageStore {

    /**
     * Keeps these bytes under this key, in place of any that were there. When it returns, they are durable.
     *
     * @param contentType media type that the bytes are served with, such as {@code image/png}
     * @throws ImageStoreException if the store cannot be written; what was under the key before is still there
     */
    void put(ImageKey key, byte[] bytes, String contentType);

    /**
     * The bytes under this key, if there are any.
     *
     * @throws ImageStoreException if the store cannot be read
     */
    Optional<byte[]> get(ImageKey key);

    /**
     * An address that anybody can read the image from by a plain HTTP GET. It may be signed and short-lived: not to be
     * logged or kept. Whether there is such an image is not checked.
     *
     * @throws ImageStoreException if the address cannot be made, as when the store's credentials cannot be had
     */
    URI urlOf(ImageKey key);
}
