package io.pawline.finalize;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Reduces a picture that is in memory as a whole, as finalize-service did before it read pictures row by row. Its results
 * are what {@link AreaAverage} is compared with.
 */
final class WholePictureAverage {

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

    private WholePictureAverage() {}

    /**
     * Reduces a picture of {@link BufferedImage#TYPE_4BYTE_ABGR} to one of the same type.
     *
     * @param width at most that of the picture, 1 or more
     * @param height at most that of the picture, 1 or more
     */
    static BufferedImage of(BufferedImage image, int width, int height) {
        if (width < 1 || height < 1 || width > image.getWidth() || height > image.getHeight()) {
            throw new IllegalArgumentException("a picture of %d x %d cannot be reduced to %d x %d"
                    .formatted(image.getWidth(), image.getHeight(), width, height));
        }
        Split columns = new Split(image.getWidth(), width);
        Split rows = new Split(image.getHeight(), height);
        byte[] abgr = Pixel.abgr(image);
        BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        Sums row = new Sums(columns);
        Sums line = new Sums(columns);
        int lines = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            row.read(abgr, 4 * y * image.getWidth());
            line.add(row, rows.inside(y));
            if (rows.ends(y)) {
                line.write(Pixel.abgr(small), 4 * lines * width, (long) image.getWidth() * image.getHeight());
                line.clear();
                line.add(row, rows.beyond(y));
                lines++;
            }
        }
        return small;
    }

    /**
     * Says how much of each source pixel falls into which target pixel, along one side. A source pixel counts as many
     * units as the target has pixels, and a target pixel as many as the source has. So no share is rounded.
     */
    private static final class Split {

        private final int target;
        private final int[] inside;
        private final boolean[] ends;

        Split(int source, int target) {
            this.target = target;
            this.inside = new int[source];
            this.ends = new boolean[source];
            int room = source;
            for (int i = 0; i < source; i++) {
                ends[i] = room <= target;
                inside[i] = Math.min(room, target);
                room = ends[i] ? source - beyond(i) : room - target;
            }
        }

        int target() {
            return target;
        }

        int source() {
            return inside.length;
        }

        /** How much of this source pixel falls into the target pixel at hand. */
        int inside(int i) {
            return inside[i];
        }

        /** Whether this source pixel fills the target pixel at hand. */
        boolean ends(int i) {
            return ends[i];
        }

        /** How much of this source pixel falls into the next target pixel. */
        int beyond(int i) {
            return target - inside[i];
        }
    }

    /**
     * Holds the sums of a row of target pixels: alpha, and the light of each colour times alpha. The largest sum is
     * 2^24 pixels x 255 x 65,535, for which 63 bits are enough.
     */
    private static final class Sums {

        private static final int CHANNELS = 4;

        private final Split columns;
        private final long[] sums;

        Sums(Split columns) {
            this.columns = columns;
            this.sums = new long[CHANNELS * columns.target()];
        }

        void clear() {
            Arrays.fill(sums, 0);
        }

        /** Replaces the sums by those of this row of a picture. */
        void read(byte[] abgr, int from) {
            long alpha = 0;
            long blue = 0;
            long green = 0;
            long red = 0;
            int to = 0;
            for (int x = 0; x < columns.source(); x++, from += 4) {
                int pixel = Pixel.get(abgr, from);
                long weight = (long) (pixel >>> 24) * columns.inside(x);
                if (weight != 0) {
                    alpha += weight;
                    blue += weight * LINEAR[pixel >>> 16 & 0xFF];
                    green += weight * LINEAR[pixel >>> 8 & 0xFF];
                    red += weight * LINEAR[pixel & 0xFF];
                }
                if (columns.ends(x)) {
                    sums[to++] = alpha;
                    sums[to++] = blue;
                    sums[to++] = green;
                    sums[to++] = red;
                    alpha = (long) (pixel >>> 24) * columns.beyond(x);
                    blue = alpha * LINEAR[pixel >>> 16 & 0xFF];
                    green = alpha * LINEAR[pixel >>> 8 & 0xFF];
                    red = alpha * LINEAR[pixel & 0xFF];
                }
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
                int alpha = (int) ((weight + area / 2) / area);
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
            return ENCODED[(int) ((light + weight / 2) / weight)] & 0xFF;
        }
    }
}
