package io.pawline.photos;

import io.pawline.photos.JpegLayout.Sampling;
import io.pawline.photos.PhotoFile.Size;
import java.util.List;

/**
 * Makes a smaller picture of a large JPEG that comes in several scans. A usual decoder has all coefficients in memory
 * until the last scan is read: 290 MB for 48 million pixels. Here only those are kept that the smaller picture needs,
 * for 48 million pixels of three components and a result of 2,048 x 1,536 they take 18 MB. Used by one thread.
 *
 * <p>The result can be a tenth smaller than it was asked for: of 8 x 8 samples a whole number remains.
 */
final class ReducedJpeg {

    private static final int SIDE = 8;
    private static final double LEAST_OF_RESULT = 0.9;

    private final JpegLayout layout;
    private final int scale;
    private final List<JpegPlane> planes;

    /** @param scale of 8 samples so many remain, 1 to 8 */
    ReducedJpeg(JpegLayout layout, int scale) {
        this.layout = layout;
        this.scale = scale;
        this.planes = layout.samplings().stream().map(this::plane).toList();
    }

    /** Of 8 samples, so many are enough for a picture of this size. */
    static int scale(Size from, Size to) {
        double wanted = LEAST_OF_RESULT * SIDE * Math.max(to.width(), to.height());
        return Math.clamp((int) Math.ceil(wanted / Math.max(from.width(), from.height())), 1, SIDE);
    }

    /** Roughly the bytes that the coefficients of such a picture take. */
    static long memory(JpegLayout layout, int scale) {
        return layout.samplings().stream()
                .mapToLong(sampling -> JpegPlane.memory(
                        (long) blockColumns(layout, sampling) * blockRows(layout, sampling),
                        side(scale, layout.widest(), sampling.horizontal()),
                        side(scale, layout.highest(), sampling.vertical())))
                .sum();
    }

    private JpegPlane plane(Sampling sampling) {
        return new JpegPlane(
                blockColumns(layout, sampling),
                blockRows(layout, sampling),
                side(scale, layout.widest(), sampling.horizontal()),
                side(scale, layout.highest(), sampling.vertical()));
    }

    private static int blockColumns(JpegLayout layout, Sampling sampling) {
        return layout.unitColumns() * sampling.horizontal();
    }

    private static int blockRows(JpegLayout layout, Sampling sampling) {
        return layout.unitRows() * sampling.vertical();
    }

    /** What has half of the samples keeps twice as many of them, if it has so many. */
    private static int side(int scale, int most, int sampling) {
        return Math.min(SIDE, scale * most / sampling);
    }

    /** The plane that takes the coefficients of a component. */
    JpegPlane plane(int component) {
        return planes.get(component);
    }

    /**
     * The picture, when all coefficients are there.
     *
     * @param to its size at most
     * @param isYcc whether the components are brightness and colours (YCbCr); otherwise they are taken as they are
     */
    Pixels picture(Size to, boolean isYcc) {
        int bands = planes.size();
        Size from = new Size(
                Math.ceilDiv(layout.size().width() * scale, SIDE),
                Math.ceilDiv(layout.size().height() * scale, SIDE));
        RowAverage average = new RowAverage(
                from, new Size(Math.min(to.width(), from.width()), Math.min(to.height(), from.height())), bands);
        byte[] row = new byte[from.width() * bands];
        for (int y = 0; y < from.height(); y++) {
            for (int band = 0; band < bands; band++) {
                readRow(y, band, row);
            }
            if (isYcc) {
                toRgb(row);
            }
            average.add(row, 0);
        }
        return average.result();
    }

    private void readRow(int y, int band, byte[] row) {
        JpegPlane plane = planes.get(band);
        Sampling sampling = layout.samplings().get(band);
        int inPlane = y * plane.down() * sampling.vertical() / (scale * layout.highest());
        byte[] samples = plane.samples(inPlane / plane.down());
        int begin = inPlane % plane.down() * plane.blockColumns() * plane.across();
        int step = plane.across() * sampling.horizontal();
        int whole = scale * layout.widest();
        int bands = planes.size();
        for (int x = 0, at = band; at < row.length; x++, at += bands) {
            row[at] = samples[begin + x * step / whole];
        }
    }

    /** Converts a row as <a href="https://www.w3.org/Graphics/JPEG/jfif3.pdf">JFIF</a> says. */
    private static void toRgb(byte[] row) {
        for (int at = 0; at < row.length; at += 3) {
            float y = row[at] & 0xFF;
            float cb = (row[at + 1] & 0xFF) - 128;
            float cr = (row[at + 2] & 0xFF) - 128;
            row[at] = clamp(y + 1.402f * cr);
            row[at + 1] = clamp(y - 0.344136f * cb - 0.714136f * cr);
            row[at + 2] = clamp(y + 1.772f * cb);
        }
    }

    private static byte clamp(float value) {
        return (byte) Math.clamp(Math.round(value), 0, 255);
    }
}
