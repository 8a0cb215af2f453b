package io.pawline.ingest.submit;

import io.pawline.ingest.submit.RefusedException.Fault;
import io.pawline.photos.PhotoNormaliser;
import io.pawline.photos.PhotoResult;
import io.pawline.photos.WorkingMemory;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Makes of an uploaded photo what is stored. The photo as it came is never stored. Thread-safe.
 */
final class Uploads {

    private static final Duration AFTER_A_STOP = Duration.ofSeconds(1);

    private final PhotoNormaliser normaliser;
    private final UploadMemory decoding;

    /** @param decoding of which a photo takes a share while it is decoded, beside the share of its request */
    Uploads(PhotoNormaliser normaliser, UploadMemory decoding) {
        this.normaliser = normaliser;
        this.decoding = decoding;
    }

    /**
     * Normalises a photo.
     *
     * @throws RefusedException if it is no photo that can be used
     * @throws TooManyUploadsException if there was no memory to decode it, or the process stops
     */
    PhotoResult.Normalised normalise(String tenant, ByteBuffer photo) throws RefusedException {
        WorkingMemory memory = WorkingMemory.ofHeap(bytes -> decoding.take(tenant, bytes)::close);
        try {
            return switch (normaliser.normalise(photo, memory)) {
                case PhotoResult.Normalised normalised -> normalised;
                case PhotoResult.Refused refused ->
                    throw new RefusedException(fault(refused.fault()), "image " + refused.detail());
            };
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new TooManyUploadsException(AFTER_A_STOP);
        }
    }

    private static Fault fault(PhotoResult.Fault fault) {
        return switch (fault) {
            case NOT_AN_IMAGE -> Fault.PHOTO_NOT_AN_IMAGE;
            case TOO_LARGE -> Fault.PHOTO_TOO_LARGE;
        };
    }
}
