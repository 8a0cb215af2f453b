package io.pawline.finalize;

import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageKind;
import io.pawline.outbound.ImageSniffer;
import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.Optional;

/**
 * What a cut-out must be to be handed out: a PNG of sensible size, with something of the picture left and something
 * taken away.
 *
 * @param minSide pixels that each side has at least, 1 or more
 * @param maxPixels width times height at most, 1 or more
 * @param minVisible least share of the pixels that must be visible, from 0 to 1
 * @param maxVisible largest share of the pixels that may be visible, from {@code minVisible} to 1
 */
record Plausibility(int minSide, long maxPixels, double minVisible, double maxVisible) {

    /** Alpha from which a pixel counts as visible: a matting model leaves a haze, both ways. */
    private static final int VISIBLE = 128;

    Plausibility {
        if (minSide < 1) {
            throw new IllegalArgumentException("pawline.finalize.min-side must be > 0, was " + minSide);
        }
        if (maxPixels < 1) {
            throw new IllegalArgumentException("pawline.finalize.max-pixels must be > 0, was " + maxPixels);
        }
        if (!(minVisible >= 0 && minVisible <= maxVisible && maxVisible <= 1)) {
            throw new IllegalArgumentException(
                    "pawline.finalize.min-visible and max-visible must be from 0 to 1, the first one not the larger; were "
                            + minVisible + " and " + maxVisible);
        }
    }

    /** What speaks against this file, from its first bytes alone: nothing is decoded, so any size may be claimed. */
    Optional<String> objectionTo(byte[] bytes) {
        Optional<ImageHeader> sniffed = ImageSniffer.sniff(bytes);
        if (sniffed.isEmpty()) {
            return Optional.of("the cut-out is no image");
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

    /** What speaks against this cut-out, {@link BufferedImage#TYPE_4BYTE_ABGR}, from its pixels. */
    Optional<String> objectionTo(BufferedImage image) {
        double visible = visibleShare(image);
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

    private static double visibleShare(BufferedImage image) {
        byte[] abgr = Pixel.abgr(image);
        int visible = 0;
        for (int alpha = 0; alpha < abgr.length; alpha += 4) {
            if (Byte.toUnsignedInt(abgr[alpha]) >= VISIBLE) {
                visible++;
            }
        }
        return visible / (abgr.length / 4.0);
    }
}
