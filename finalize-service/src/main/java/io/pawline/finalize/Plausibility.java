package io.pawline.finalize;

import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageKind;
import io.pawline.outbound.ImageSniffer;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks whether a cut-out may be handed out: it is a PNG of sensible size, some pixels are visible, and some are not.
 *
 * @param minSide least pixels of each side, 1 or more
 * @param maxPixels most pixels (width times height), 1 or more
 * @param minVisible least share of the pixels that must be visible, from 0 to 1
 * @param maxVisible largest share of the pixels that may be visible, from {@code minVisible} to 1
 */
record Plausibility(int minSide, long maxPixels, double minVisible, double maxVisible) {

    Plausibility {
        if (minSide < 1) {
            throw new IllegalArgumentException("pawline.finalize.min-side must be > 0, was " + minSide);
        }
        if (maxPixels < 1) {
            throw new IllegalArgumentException("pawline.finalize.max-pixels must be > 0, was " + maxPixels);
        }
        if (!(minVisible >= 0 && minVisible <= maxVisible && maxVisible <= 1)) {
            throw new IllegalArgumentException(
                    "pawline.finalize.min-visible and max-visible must be from 0 to 1, and the first not above the second; were "
                            + minVisible + " and " + maxVisible);
        }
    }

    /**
     * The objection to this file by its first bytes. Nothing is decoded, so a false size in the header costs nothing.
     */
    Optional<String> objectionTo(byte[] bytes) {
        Optional<ImageHeader> sniffed = ImageSniffer.sniff(bytes);
        if (sniffed.isEmpty()) {
            return Optional.of("the cut-out is not an image");
        }
        ImageHeader header = sniffed.get();
        if (header.kind() != ImageKind.PNG) {
            return Optional.of("the cut-out is a " + header.kind() + ", not a PNG with alpha");
        }
        if (header.width() < minSide || header.height() < minSide) {
            return Optional.of("the cut-out is %d x %d pixels; each side must have at least %d"
                    .formatted(header.width(), header.height(), minSide));
        }
        return header.pixels() > maxPixels
                ? Optional.of("the cut-out claims %d x %d pixels; at most %d in all are allowed"
                        .formatted(header.width(), header.height(), maxPixels))
                : Optional.empty();
    }

    /**
     * The objection to this cut-out by its pixels.
     *
     * @param visible share of its pixels that are visible, from 0 to 1
     */
    Optional<String> objectionTo(double visible) {
        if (visible >= minVisible && visible <= maxVisible) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%.2f %% of the cut-out's pixels are visible; from %.2f to %.2f %% must be",
                100 * visible,
                100 * minVisible,
                100 * maxVisible));
    }
}
