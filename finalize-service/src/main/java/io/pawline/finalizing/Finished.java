package io.pawline.finalizing;

import java.util.List;
import java.util.Objects;

/** What became of a cut-out. */
sealed interface Finished {

    /**
     * It is good.
     *
     * @param result the cut-out as it came
     * @param thumbnails by size, largest first
     */
    record Pictures(Picture result, List<Thumbnail> thumbnails) implements Finished {
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
    record Thumbnail(int size, Picture picture) {
        public Thumbnail {
            Objects.requireNonNull(picture, "picture");
        }
    }

    /** It is not to be handed out, and the same bytes never will be. */
    record Implausible(String why) implements Finished {
        public Implausible {
            Objects.requireNonNull(why, "why");
        }
    }
}
