package io.pawline.finalize;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Reduces pictures. Each pixel of the result is the mean of the area that it covers, in linear light, and each colour
 * counts by its alpha. So fine patterns keep their brightness, and the colour of invisible pixels does not bleed into an
 * edge. RATIONALE.md says why no library does it. Not thread-safe.
 */
final class AreaAverage implements PixelRows {

    /** Linear light, 0 to 65,535, of an sRGB value (<a href="https://www.w3.org/Graphics/Color/sRGB">sRGB</a>). */
    private static final int[] LINEAR = new int[256];

    /** The sRGB value that is nearest to a linear light. */
    private static final byte[] ENCODED = new byte[65_536];

    static {
        for (int value = 0; value < LINEAR.length; value++) {
            double encoded = value / 255.0;
            double linear = encoded <= 0.04045 ? encoded / 12.92 : Math.pow((encoded + 0.055) / 1.055, 2.4);
            LINEAR[value] = (int) Math.round(65_535 * linear);
        }
        for (int light = 0; light < ENCODED.length; light++) {
            double linear = light / 65_535.0;
            double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
            ENCODED[light] = (byte) Math.round(255 * encoded);
        }
    }

    private final Split rows;
    private final Sums row;
    private final Sums line;
    private final BufferedImage small;
    private final long area;

    /** The rows and columns of a target pixel, if each source pixel lies in one of them as a whole; otherwise 0. */
    private final int blockWidth;

    private final int blockHeight;
    private int y;
    private int lines;

    /**
     * Begins to reduce a picture.
     *
     * @param width of the picture
     * @param height of the picture
     * @param toWidth at most that of the picture, 1 or more
     * @param toHeight at most that of the picture, 1 or more
     */
    AreaAverage(int width, int height, int toWidth, int toHeight) {
        if (toWidth < 1 || toHeight < 1 || toWidth > width || toHeight > height) {
            throw new IllegalArgumentException(
                    "a picture of %d x %d cannot be reduced to %d x %d".formatted(width, height, toWidth, toHeight));
        }
        boolean blocks = width % toWidth == 0 && height % toHeight == 0;
        this.blockWidth = blocks ? width / toWidth : 0;
        this.blockHeight = blocks ? height / toHeight : 0;
        Split columns = new Split(width, toWidth);
        this.rows = new Split(height, toHeight);
        this.row = new Sums(columns);
        this.line = new Sums(columns);
        this.small = new BufferedImage(toWidth, toHeight, BufferedImage.TYPE_4BYTE_ABGR);
        this.area = blocks ? (long) blockWidth * blockHeight : (long) width * height;
    }

    @Override
    public void take(byte[] rgba, int from) {
        if (blockWidth > 0) {
            line.addBlocks(rgba, from, blockWidth);
            if (y == rows.last(lines)) {
                endLine();
            }
        } else {
            row.read(rgba, from);
            takeRow();
        }
        y++;
    }

    private void takeRow() {
        if (y < rows.last(lines)) {
            line.add(row, rows.target());
        } else {
            int inside = rows.inside(lines);
            line.add(row, inside);
            endLine();
            line.add(row, rows.target() - inside);
        }
    }

    private void endLine() {
        line.write(Pixel.abgr(small), 4 * lines * small.getWidth(), area);
        line.clear();
        lines++;
    }

    /** The small picture, of {@link BufferedImage#TYPE_4BYTE_ABGR}. It is whole when the last row was taken. */
    BufferedImage picture() {
        return small;
    }

    /**
     * The quotient, rounded to the next whole number. Floating point divides several times as fast, and is exact here:
     * a sum below 2^53 has no rounding error, and its quotient differs from the next whole number by more than the
     * error of a double.
     */
    static int rounded(long sum, long by) {
        return (int) ((double) (sum + by / 2) / by);
    }

    /**
     * Says how much of each source pixel falls into which target pixel, along one side. A source pixel counts as many
     * units as the target has pixels, and a target pixel as many as the source has. So no share is rounded.
     */
    private static final class Split {

        private final int[] last;
        private final int[] inside;

        Split(int source, int target) {
            this.last = new int[target];
            this.inside = new int[target];
            int i = -1;
            int beyond = 0;
            for (int place = 0; place < target; place++) {
                // What the source pixels behind the last one of the place before have to fill
                int room = source - beyond;
                int pixels = Math.ceilDiv(room, target);
                i += pixels;
                last[place] = i;
                inside[place] = room - (pixels - 1) * target;
                beyond = target - inside[place];
            }
        }

        int target() {
            return last.length;
        }

        /** The source pixel that fills this target pixel. */
        int last(int place) {
            return last[place];
        }

        /** How much of that source pixel falls into this target pixel. The rest falls into the next one. */
        int inside(int place) {
            return inside[place];
        }
    }

    /**
     * Holds the sums of a row of target pixels: alpha, and the light of each colour times alpha. The largest sum is
     * 2^24 pixels x 255 x 65,535, for which 63 bits are enough.
     */
    private static final class Sums {

        private static final int CHANNELS = 4;
        private static final long OPAQUE = 255;

        private final Split columns;
        private final long[] sums;

        Sums(Split columns) {
            this.columns = columns;
            this.sums = new long[CHANNELS * columns.target()];
        }

        void clear() {
            Arrays.fill(sums, 0);
        }

        /**
         * Replaces the sums by those of this row of a picture. Pixels that are inside as a whole are summed up first, and
         * then count as one.
         */
        void read(byte[] rgba, int from) {
            int whole = columns.target();
            int x = 0;
            int to = 0;
            int beyond = 0;
            int pixel = 0;
            for (int place = 0; place < whole; place++) {
                long alpha = 0;
                long blue = 0;
                long green = 0;
                long red = 0;
                long weight = (long) (pixel & 0xFF) * beyond;
                sums[to] = weight;
                sums[to + 1] = weight * LINEAR[pixel >>> 8 & 0xFF];
                sums[to + 2] = weight * LINEAR[pixel >>> 16 & 0xFF];
                sums[to + 3] = weight * LINEAR[pixel >>> 24];
                for (int last = columns.last(place); x < last; x++, from += 4) {
                    pixel = Pixel.get(rgba, from);
                    weight = pixel & 0xFF;
                    if (weight != 0) {
                        alpha += weight;
                        blue += weight * LINEAR[pixel >>> 8 & 0xFF];
                        green += weight * LINEAR[pixel >>> 16 & 0xFF];
                        red += weight * LINEAR[pixel >>> 24];
                    }
                }
                pixel = Pixel.get(rgba, from);
                x++;
                from += 4;
                weight = (long) (pixel & 0xFF) * columns.inside(place);
                beyond = whole - columns.inside(place);
                sums[to++] += whole * alpha + weight;
                sums[to++] += whole * blue + weight * LINEAR[pixel >>> 8 & 0xFF];
                sums[to++] += whole * green + weight * LINEAR[pixel >>> 16 & 0xFF];
                sums[to++] += whole * red + weight * LINEAR[pixel >>> 24];
            }
        }

        /**
         * Adds a row of a picture of which each target pixel has so many pixels as a whole, so that each of these counts
         * as one. Opaque ones are summed up apart, for they all have the same alpha.
         */
        void addBlocks(byte[] rgba, int from, int pixels) {
            int at = from;
            for (int to = 0; to < sums.length; to += CHANNELS) {
                long alpha = 0;
                long blue = 0;
                long green = 0;
                long red = 0;
                int opaque = 0;
                long opaqueBlue = 0;
                long opaqueGreen = 0;
                long opaqueRed = 0;
                for (int end = at + 4 * pixels; at < end; at += 4) {
                    int pixel = Pixel.get(rgba, at);
                    long weight = pixel & 0xFF;
                    if (weight == OPAQUE) {
                        opaque++;
                        opaqueBlue += LINEAR[pixel >>> 8 & 0xFF];
                        opaqueGreen += LINEAR[pixel >>> 16 & 0xFF];
                        opaqueRed += LINEAR[pixel >>> 24];
                    } else if (weight != 0) {
                        alpha += weight;
                        blue += weight * LINEAR[pixel >>> 8 & 0xFF];
                        green += weight * LINEAR[pixel >>> 16 & 0xFF];
                        red += weight * LINEAR[pixel >>> 24];
                    }
                }
                sums[to] += alpha + OPAQUE * opaque;
                sums[to + 1] += blue + OPAQUE * opaqueBlue;
                sums[to + 2] += green + OPAQUE * opaqueGreen;
                sums[to + 3] += red + OPAQUE * opaqueRed;
            }
        }

        void add(Sums row, int weight) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * row.sums[i];
            }
        }

        /** @param area how much a pixel counts in all */
        void write(byte[] abgr, int to, long area) {
            for (int i = 0; i < sums.length; i += CHANNELS, to += 4) {
                long weight = sums[i];
                int alpha = weight == 0 ? 0 : rounded(weight, area);
                int pixel = alpha == 0
                        ? 0
                        : alpha << 24
                                | encoded(sums[i + 1], weight) << 16
                                | encoded(sums[i + 2], weight) << 8
                                | encoded(sums[i + 3], weight);
                Pixel.put(abgr, to, pixel);
            }
        }

        private static int encoded(long light, long weight) {
            return ENCODED[rounded(light, weight)] & 0xFF;
        }
    }
}
