package io.pawline.matting;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import java.time.Duration;
import java.util.List;

/**
 * Stores a cut-out, and tries several times, because the cut-out has been paid for and is nowhere else. If the store is
 * away for longer than the pauses, a second call to the provider is needed. Longer pauses would delay every call
 * behind.
 */
final class CutOutArchive {

    static final List<Duration> PAUSES = List.of(Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofSeconds(3));

    /** Waits, as {@link Thread#sleep(Duration)} does. */
    @FunctionalInterface
    interface Pause {
        void take(Duration duration) throws InterruptedException;
    }

    private final ImageStore images;
    private final Pause pause;

    CutOutArchive(ImageStore images, Pause pause) {
        this.images = images;
        this.pause = pause;
    }

    /**
     * Stores the cut-out.
     *
     * @throws ImageStoreException if the last attempt fails too
     */
    void keep(ImageKey key, byte[] png) throws InterruptedException {
        for (Duration next : PAUSES) {
            try {
                images.put(key, png, "image/png");
                return;
            } catch (ImageStoreException e) {
                pause.take(next);
            }
        }
        images.put(key, png, "image/png");
    }
}
