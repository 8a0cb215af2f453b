package io.pawline.mattingmodel.cutout;

import java.util.Objects;

/**
 * Holds the pixels of a picture, row by row, three bytes each: red, green, blue.
 *
 * @param width in pixels, more than 0
 * @param height in pixels, more than 0
 * @param rgb the samples; not copied, so treat them as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
public record Picture(int width, int height, byte[] rgb) {

    public Picture {
        Objects.requireNonNull(rgb, "rgb");
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "%d x %d pixels are not %d samples".formatted(width, height, rgb.length));
        }
    }

    /** One sample, 0 to 255. */
    int sample(int pixel, int channel) {
        return rgb[3 * pixel + channel] & 0xFF;
    }

    /**
     * Scales the three channels by the average over areas, or between pixels where the picture becomes larger. The ratio
     * of the sides may change.
     */
    Grid[] scaledTo(int toWidth, int toHeight) {
        Grid[] channels = new Grid[3];
        for (int channel = 0; channel < 3; channel++) {
            channels[channel] = new Grid(toWidth, toHeight);
        }
        LineScaling columns = LineScaling.of(width, toWidth);
        LineScaling rows = LineScaling.of(height, toHeight);
        float[] row = new float[3 * toWidth];
        for (int to = 0; to < toHeight; to++) {
            for (int part = rows.first(to); part < rows.first(to + 1); part++) {
                average(rows.source(part), columns, row);
                float share = rows.share(part);
                for (int channel = 0; channel < 3; channel++) {
                    float[] into = channels[channel].values();
                    for (int x = 0; x < toWidth; x++) {
                        into[to * toWidth + x] += share * row[3 * x + channel];
                    }
                }
            }
        }
        return channels;
    }

    private void average(int y, LineScaling columns, float[] row) {
        int begin = 3 * y * width;
        for (int x = 0; x < row.length / 3; x++) {
            float red = 0;
            float green = 0;
            float blue = 0;
            for (int part = columns.first(x); part < columns.first(x + 1); part++) {
                int at = begin + 3 * columns.source(part);
                float share = columns.share(part);
                red += share * (rgb[at] & 0xFF);
                green += share * (rgb[at + 1] & 0xFF);
                blue += share * (rgb[at + 2] & 0xFF);
            }
            row[3 * x] = red;
            row[3 * x + 1] = green;
            row[3 * x + 2] = blue;
        }
    }
}
