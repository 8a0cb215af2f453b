package io.pawline.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.simulator.picture.PictureCorners;
import io.pawline.simulator.picture.PictureMetadata;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the pictures that requests brought, the last 16 MB of them, and says what each one is: its format, its size,
 * whether it lies as it should, and what it has besides its pixels. Thread-safe.
 */
final class ReceivedPictures {

    private static final long KEPT_BYTES = 16L << 20;

    private final Cache<Key, Received> pictures = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .weigher((Key _, Received picture) -> picture.bytes.length)
            .build();
    private final AtomicLong number = new AtomicLong();

    private record Key(Provider provider, String hash) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Received(long number, String declaredType, byte[] bytes) {}

    /** @param declaredType the media type that the request named; empty if it brought an address */
    void add(Provider provider, String declaredType, byte[] bytes) {
        pictures.put(
                new Key(provider, Hashes.sha256(bytes)), new Received(number.incrementAndGet(), declaredType, bytes));
    }

    /** What is known of the pictures, in the order in which they came; each once for a provider. */
    List<Map<String, Object>> describe() {
        return pictures.asMap().entrySet().stream()
                .sorted(Comparator.comparingLong(picture -> picture.getValue().number()))
                .map(picture -> describe(picture.getKey(), picture.getValue()))
                .toList();
    }

    private static Map<String, Object> describe(Key key, Received picture) {
        Map<String, Object> known = new LinkedHashMap<>();
        known.put("provider", key.provider().key());
        known.put("sha256", key.hash());
        known.put("declared_type", picture.declaredType());
        known.put("bytes", picture.bytes().length);
        PictureMetadata.of(picture.bytes()).ifPresent(file -> {
            known.put("type", file.mediaType());
            known.put("metadata", file.names());
        });
        PictureCorners.of(picture.bytes()).ifPresent(corners -> {
            known.put("width", corners.width());
            known.put("height", corners.height());
            known.put("corners", corners.corners());
        });
        return known;
    }

    /** The file with this hash. */
    Optional<byte[]> file(String hash) {
        return pictures.asMap().entrySet().stream()
                .filter(picture -> picture.getKey().hash().equals(hash))
                .map(picture -> picture.getValue().bytes())
                .findFirst();
    }

    void clear() {
        pictures.invalidateAll();
    }
}
