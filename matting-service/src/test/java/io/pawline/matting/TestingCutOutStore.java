package io.pawline.matting;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An image store in memory that fails as often as a test wants. */
final class TestingCutOutStore implements ImageStore {

    private final Map<ImageKey, byte[]> images = new ConcurrentHashMap<>();
    private int failures;
    private int puts;
    private boolean addressesLost;

    void failNext(int times) {
        failures = times;
    }

    void loseAddresses() {
        addressesLost = true;
    }

    int puts() {
        return puts;
    }

    @Override
    public void put(ImageKey key, byte[] bytes, String contentType) {
        puts++;
        if (failures > 0) {
            failures--;
            throw new ImageStoreException("no store", new IOException("disk full"));
        }
        images.put(key, bytes);
    }

    @Override
    public Optional<byte[]> get(ImageKey key) {
        return Optional.ofNullable(images.get(key));
    }

    @Override
    public Optional<Long> size(ImageKey key) {
        return get(key).map(bytes -> (long) bytes.length);
    }

    @Override
    public URI urlOf(ImageKey key) {
        if (addressesLost) {
            throw new ImageStoreException("no credentials", new IOException("no credentials"));
        }
        return URI.create("https://images.example/" + key);
    }
}
