package io.pawline.photoloader;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An image store in memory that can be made unreachable. */
public final class TestingPhotoStore implements ImageStore {

    private final Map<ImageKey, byte[]> images = new ConcurrentHashMap<>();
    private volatile boolean unreachable;

    public void becomeUnreachable() {
        unreachable = true;
    }

    @Override
    public void put(ImageKey key, byte[] bytes, String contentType) {
        if (unreachable) {
            throw new ImageStoreException("PUT https://minio.example/?sig=s3cr3t failed", new IOException("down"));
        }
        images.put(key, bytes);
    }

    @Override
    public Optional<byte[]> get(ImageKey key) {
        if (unreachable) {
            throw new ImageStoreException("GET https://minio.example/?sig=s3cr3t failed", new IOException("down"));
        }
        return Optional.ofNullable(images.get(key));
    }

    @Override
    public Optional<Long> size(ImageKey key) {
        return get(key).map(bytes -> (long) bytes.length);
    }

    @Override
    public URI urlOf(ImageKey key) {
        throw new UnsupportedOperationException("nobody asks for addresses here");
    }
}
