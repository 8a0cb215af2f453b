package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.WritableRaster;

/**
 * Scales a decoded picture down, on white where it is transparent. Grey and 16-bit samples are taken as they are. Java's
 * own conversion takes grey for linear light, and makes it brighter.
 */
final class FlatRows {

    private final BufferedImage image;
    private final ColorModel model;
    private final int width;
    private final boolean inSamples;
    private final int bands;
    private int[] samples = new int[0];

    private FlatRows(BufferedImage image) {
        this.image = image;
        this.model = image.getColorModel();
        this.width = image.getWidth();
        int colours = model.getNumColorComponents();
        this.inSamples = model instanceof ComponentColorModel && (colours == 1 || colours == 3 || colours == 4);
        this.bands = inSamples ? colours : 3;
    }

    static Pixels average(BufferedImage image, Size to) {
        FlatRows rows = new FlatRows(image);
        RowAverage average = new RowAverage(new Size(image.getWidth(), image.getHeight()), to, rows.bands);
        byte[] row = new byte[rows.width * rows.bands];
        for (int y = 0; y < image.getHeight(); y++) {
            if (rows.inSamples) {
                rows.readSamples(y, row);
            } else {
                rows.readColours(y, row);
            }
            average.add(row, 0);
        }
        return average.result();
    }

    private void readSamples(int y, byte[] into) {
        WritableRaster raster = image.getRaster();
        int stored = raster.getNumBands();
        if (samples.length == 0) {
            samples = new int[width * stored];
        }
        raster.getPixels(0, y, width, 1, samples);
        int shift = Math.max(0, model.getComponentSize(0) - 8);
        boolean hasAlpha = model.hasAlpha() && stored > bands;
        boolean premultiplied = model.isAlphaPremultiplied();
        int paper = bands == 4 ? 0 : 255; // inks leave white where there are none
        for (int from = 0, to = 0; to < into.length; from += stored, to += bands) {
            int alpha = hasAlpha ? samples[from + bands] >> shift & 0xFF : 255;
            for (int band = 0; band < bands; band++) {
                int sample = samples[from + band] >> shift & 0xFF;
                into[to + band] = (byte) over(sample, alpha, paper, premultiplied);
            }
        }
    }

    private void readColours(int y, byte[] into) {
        if (samples.length == 0) {
            samples = new int[width];
        }
        image.getRGB(0, y, width, 1, samples, 0, width);
        for (int from = 0, to = 0; from < width; from++, to += 3) {
            int pixel = samples[from];
            int alpha = pixel >>> 24;
            into[to] = (byte) over(pixel >> 16 & 0xFF, alpha, 255, false);
            into[to + 1] = (byte) over(pixel >> 8 & 0xFF, alpha, 255, false);
            into[to + 2] = (byte) over(pixel & 0xFF, alpha, 255, false);
        }
    }

    private static int over(int sample, int alpha, int paper, boolean premultiplied) {
        if (alpha == 255) {
            return sample;
        }
        int light = premultiplied ? Math.min(sample, alpha) * 255 : sample * alpha;
        return (light + paper * (255 - alpha) + 127) / 255;
    }
}
