package io.pawline.images;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps image bytes by key. Many threads and processes may use it at once. If two write the same key together, the
 * image is that of one of them as a whole.
 */
public interface ImageStore {

    /**
     * Keeps these bytes under this key and replaces those before. The bytes are durable when the method returns.
     *
     * @param contentType media type that the bytes are served with, such as {@code image/png}
     * @throws ImageStoreException if the store cannot be written; the bytes before are then still there
     */
    void put(ImageKey key, byte[] bytes, String contentType);

    /**
     * Keeps the bytes that remain in this buffer, as the other method does. The buffer stays as it is. By default, the
     * bytes are copied.
     *
     * @throws ImageStoreException if the store cannot be written; the bytes before are then still there
     */
    default void put(ImageKey key, ByteBuffer bytes, String contentType) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        put(key, copy, contentType);
    }

    /**
     * Keeps the bytes of this stream, as the other methods do. By default, they are in memory as a whole.
     *
     * @param length bytes of the image; if the stream ends before or goes on, nothing changes
     * @throws IOException if the stream cannot be read, or has another length; the bytes before are then still there
     * @throws ImageStoreException if the store cannot be written; the bytes before are then still there
     */
    default void put(ImageKey key, InputStream image, long length, String contentType) throws IOException {
        byte[] bytes = image.readNBytes(Math.toIntExact(length + 1));
        if (bytes.length != length) {
            throw new EOFException("the image has another length than " + length);
        }
        put(key, bytes, contentType);
    }

    /**
     * The bytes under this key, if there are any.
     *
     * @throws ImageStoreException if the store cannot be read
     */
    Optional<byte[]> get(ImageKey key);

    /**
     * Opens the image under this key, to be read piece by piece and then closed. By default, it is in memory as a whole.
     *
     * @throws ImageStoreException if the store cannot be read
     */
    default Optional<InputStream> open(ImageKey key) {
        return get(key).map(ByteArrayInputStream::new);
    }

    /**
     * The number of bytes under this key, if there are any. No image is read for it.
     *
     * @throws ImageStoreException if the store cannot be read
     */
    Optional<Long> size(ImageKey key);

    /**
     * An address from which anybody can read the image with a plain HTTP GET. It may be signed and short-lived, so do
     * not log or keep it. The method does not check whether there is such an image.
     *
     * @throws ImageStoreException if the address cannot be made, for example without the store's credentials
     */
    URI urlOf(ImageKey key);

    /**
     * The address of {@link #urlOf}, with the moment until which it is valid. By default, it does not expire.
     *
     * @throws ImageStoreException if the address cannot be made, for example without the store's credentials
     */
    default ImageAddress addressOf(ImageKey key) {
        return new ImageAddress(urlOf(key), null);
    }

    /**
     * Removes what writers have left behind that died before this time. No reader ever sees it. By default, nothing can
     * be left.
     *
     * @throws ImageStoreException if the store cannot be read or written
     */
    default void sweep(Instant before) {}
}
