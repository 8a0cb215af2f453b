package io.pawline.simulator.picture;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;

/**
 * Says how a picture lies, by the mean colours of its corners, each a fifth of the sides. A picture whose corners differ
 * shows by them that it is upright.
 *
 * @param width in pixels
 * @param height in pixels
 * @param corners colours as {@code #rrggbb}: upper left, upper right, lower left, lower right
 */
public record PictureCorners(int width, int height, List<String> corners) {

    private static final int PART = 5;
    private static final int SIDE = 400;

    public PictureCorners {
        corners = List.copyOf(corners);
    }

    /** The corners of this picture; empty if it cannot be decoded. */
    public static Optional<PictureCorners> of(byte[] bytes) {
        return PictureCodec.size(bytes)
                .flatMap(size -> PictureCodec.decodeSmall(bytes, SIDE)
                        .map(small -> new PictureCorners(size.width(), size.height(), corners(small))));
    }

    private static List<String> corners(BufferedImage picture) {
        int width = Math.ceilDiv(picture.getWidth(), PART);
        int height = Math.ceilDiv(picture.getHeight(), PART);
        int right = picture.getWidth() - width;
        int bottom = picture.getHeight() - height;
        return List.of(
                mean(picture.getSubimage(0, 0, width, height)),
                mean(picture.getSubimage(right, 0, width, height)),
                mean(picture.getSubimage(0, bottom, width, height)),
                mean(picture.getSubimage(right, bottom, width, height)));
    }

    private static String mean(BufferedImage part) {
        int[] pixels = part.getRGB(0, 0, part.getWidth(), part.getHeight(), null, 0, part.getWidth());
        StringBuilder colour = new StringBuilder("#");
        for (int shift = 16; shift >= 0; shift -= 8) {
            long sum = 0;
            for (int pixel : pixels) {
                sum += pixel >> shift & 0xFF;
            }
            colour.append("%02x".formatted(Math.round((double) sum / pixels.length)));
        }
        return colour.toString();
    }
}
