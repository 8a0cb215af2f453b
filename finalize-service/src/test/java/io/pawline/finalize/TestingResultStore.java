package io.pawline.finalize;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An image store in memory that can be lost. */
final class TestingResultStore implements ImageStore {

    private final Map<ImageKey, byte[]> images = new ConcurrentHashMap<>();
    private boolean lost;

    void lose() {
        lost = true;
    }

    @Override
    public void put(ImageKey key, byte[] bytes, String contentType) {
        check();
        images.put(key, bytes);
    }

    @Override
    public Optional<byte[]> get(ImageKey key) {
        check();
        return Optional.ofNullable(images.get(key));
    }

    @Override
    public Optional<Long> size(ImageKey key) {
        return get(key).map(bytes -> (long) bytes.length);
    }

    @Override
    public URI urlOf(ImageKey key) {
        return URI.create("https://images.example/" + key);
    }

    private void check() {
        if (lost) {
            throw new ImageStoreException("no store", new IOException("no route to host"));
        }
    }
}
