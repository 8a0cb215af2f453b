package io.pawline.photos;

import java.util.Objects;

/** Says what became of a photo. */
public sealed interface PhotoResult {

    /**
     * The photo as a vision model gets it, without metadata.
     *
     * @param bytes the file; not copied, so treat it as read-only
     * @param format JPEG, or HEIC where there is no program that decodes it
     * @param width in pixels
     * @param height in pixels
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    record Normalised(byte[] bytes, PhotoFormat format, int width, int height) implements PhotoResult {
        public Normalised {
            Objects.requireNonNull(bytes, "bytes");
            Objects.requireNonNull(format, "format");
        }
    }

    /**
     * The photo cannot be used, now or later.
     *
     * @param detail the rest of a sentence that begins with the photo, such as "ends early: …"
     */
    record Refused(Fault fault, String detail) implements PhotoResult {
        public Refused {
            Objects.requireNonNull(fault, "fault");
            Objects.requireNonNull(detail, "detail");
        }
    }

    /** What is wrong with a photo. */
    enum Fault {
        /** It is of no accepted format, is damaged, or cannot be decoded here. */
        NOT_AN_IMAGE,
        /** It has too many bytes or pixels. */
        TOO_LARGE
    }
}
