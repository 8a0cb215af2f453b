package io.pawline.images;

import java.time.Duration;
import java.util.List;

/**
 * Stores images that have been paid for and are nowhere else, and tries several times. If the store is away for longer
 * than the pauses, a second call to the provider is needed. Longer pauses would delay every call behind. Thread-safe.
 */
public final class PaidImages {

    /** The pauses between two tries. */
    public static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofSeconds(3));

    /** Waits, as {@link Thread#sleep(Duration)} does. */
    @FunctionalInterface
    public interface Pause {
        void take(Duration duration) throws InterruptedException;
    }

    private final ImageStore images;
    private final Pause pause;

    public PaidImages(ImageStore images, Pause pause) {
        this.images = images;
        this.pause = pause;
    }

    /**
     * Stores an image.
     *
     * @param contentType media type that the bytes are served with
     * @throws ImageStoreException if the last attempt fails too
     * @throws InterruptedException if the thread is interrupted between two attempts
     */
    public void keep(ImageKey key, byte[] bytes, String contentType) throws InterruptedException {
        for (Duration next : PAUSES) {
            try {
                images.put(key, bytes, contentType);
                return;
            } catch (ImageStoreException e) {
                pause.take(next);
            }
        }
        images.put(key, bytes, contentType);
    }
}
