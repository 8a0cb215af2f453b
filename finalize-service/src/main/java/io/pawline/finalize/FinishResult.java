package io.pawline.finalize;

import java.util.List;
import java.util.Objects;

/** Says what came of the work on a cut-out. */
sealed interface FinishResult {

    /**
     * The cut-out is good.
     *
     * @param result the cut-out, unchanged or with words on it
     * @param thumbnails by size, largest first
     */
    record Pictures(EncodedPng result, List<Thumbnail> thumbnails) implements FinishResult {
        public Pictures {
            Objects.requireNonNull(result, "result");
            thumbnails = List.copyOf(thumbnails);
        }
    }

    /**
     * A smaller picture.
     *
     * @param size the longest side asked for; the picture's own may be shorter
     */
    record Thumbnail(int size, EncodedPng picture) {
        public Thumbnail {
            Objects.requireNonNull(picture, "picture");
        }
    }

    /** The cut-out must not be handed out, and the same bytes never will be. */
    record Implausible(String why) implements FinishResult {
        public Implausible {
            Objects.requireNonNull(why, "why");
        }
    }

    /**
     * A PNG and its size.
     *
     * @param png not copied: treat it as read-only
     * @param width in pixels
     * @param height in pixels
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and a copy of megabytes gains nothing
    record EncodedPng(byte[] png, int width, int height) {
        public EncodedPng {
            Objects.requireNonNull(png, "png");
        }
    }
}
