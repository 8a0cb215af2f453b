package io.pawline.matting;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import java.time.Duration;
import java.util.List;

/**
 * Puts a cut-out into the image store, with patience: it has been paid for, and is nowhere else. A store that stays away
 * for longer than these pauses costs a second call to the provider; to hold out for long would hold up every call behind.
 */
final class CutOutArchive {

    static final List<Duration> PAUSES = List.of(Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofSeconds(3));

    /** Lets time pass; {@link Thread#sleep(Duration)}. */
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
     * Keeps the cut-out.
     *
     * @throws ImageStoreException if the store could not be written at the last try either
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
