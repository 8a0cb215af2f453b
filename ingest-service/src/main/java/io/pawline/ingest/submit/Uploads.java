package io.pawline.ingest.submit;

import io.pawline.ingest.submit.RefusedException.Fault;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageSniffer;
import java.nio.ByteBuffer;

/** Checks uploaded photos: whole images of a known kind, within the caps. Nothing is decoded. */
final class Uploads {

    private final long maxBytes;
    private final long maxPixels;

    Uploads(long maxBytes, long maxPixels) {
        this.maxBytes = maxBytes;
        this.maxPixels = maxPixels;
    }

    ImageHeader check(ByteBuffer image) throws RefusedException {
        if (image.remaining() > maxBytes) {
            throw new RefusedException(
                    Fault.PHOTO_TOO_LARGE,
                    "image has %d bytes, %d are allowed: send a smaller one".formatted(image.remaining(), maxBytes));
        }
        ImageHeader header = ImageSniffer.sniff(image)
                .orElseThrow(() -> new RefusedException(
                        Fault.PHOTO_NOT_AN_IMAGE,
                        "image is no JPEG, PNG or WebP, or is damaged: its first bytes say so, whatever its name is"));
        if (header.pixels() > maxPixels) {
            throw new RefusedException(
                    Fault.PHOTO_TOO_LARGE,
                    "image has %d x %d pixels, %d in all are allowed: scale it down"
                            .formatted(header.width(), header.height(), maxPixels));
        }
        if (!TruncationCheck.isComplete(image, header.kind())) {
            throw new RefusedException(
                    Fault.PHOTO_NOT_AN_IMAGE, "image ends early: only a part of the file came, send it whole");
        }
        return header;
    }
}
