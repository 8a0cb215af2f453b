package io.pawline.finalize;

import java.util.List;
import java.util.Objects;

/** What became of a cut-out. */
sealed interface FinishResult {

    /**
     * It is good.
     *
     * @param result the cut-out as it came
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

    /** It is not to be handed out, and the same bytes never will be. */
    record Implausible(String why) implements FinishResult {
        public Implausible {
            Objects.requireNonNull(why, "why");
        }
    }
}
