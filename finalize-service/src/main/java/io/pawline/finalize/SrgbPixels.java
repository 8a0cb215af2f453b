package io.pawline.finalize;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Turns decoded pictures into the usual form with alpha. Values are taken as sRGB, as PNG without a profile has them.
 * Java2D takes grey for linear light instead, and would make 188 of 128.
 */
final class SrgbPixels {

    private SrgbPixels() {}

    /**
     * The picture as {@link BufferedImage#TYPE_4BYTE_ABGR}; the same object if it is one already.
     *
     * @param image as the JDK's reader of PNG decodes it: 8 or 16 bits, grey or RGB with alpha, or a palette
     */
    static BufferedImage abgr(BufferedImage image) {
        if (image.getType() == BufferedImage.TYPE_4BYTE_ABGR) {
            return image;
        }
        BufferedImage converted = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_4BYTE_ABGR);
        byte[] pixels = Pixel.abgr(converted);
        return image.getColorModel() instanceof IndexColorModel palette
                ? ofPalette(image, palette, converted, pixels)
                : ofSamples(image.getRaster(), converted, pixels);
    }

    /** Gives the rows of a picture of {@link BufferedImage#TYPE_4BYTE_ABGR} one after the other. */
    static void rows(BufferedImage abgr, PixelRows rows) {
        byte[] pixels = Pixel.abgr(abgr);
        byte[] rgba = new byte[4 * abgr.getWidth()];
        for (int from = 0; from < pixels.length; from += rgba.length) {
            for (int i = 0; i < rgba.length; i += 4) {
                Pixel.put(rgba, i, Integer.reverseBytes(Pixel.get(pixels, from + i)));
            }
            rows.take(rgba, 0);
        }
    }

    /** Writes rows into this picture of {@link BufferedImage#TYPE_4BYTE_ABGR}. */
    static PixelRows into(BufferedImage image) {
        byte[] abgr = Pixel.abgr(image);
        int length = 4 * image.getWidth();
        int[] to = {0};
        return (rgba, from) -> {
            for (int i = 0; i < length; i += 4) {
                Pixel.put(abgr, to[0] + i, Integer.reverseBytes(Pixel.get(rgba, from + i)));
            }
            to[0] += length;
        };
    }

    private static BufferedImage ofPalette(
            BufferedImage image, IndexColorModel palette, BufferedImage converted, byte[] pixels) {
        int[] row = new int[image.getWidth()];
        int to = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getSamples(0, y, image.getWidth(), 1, 0, row);
            for (int index : row) {
                int argb = palette.getRGB(index);
                Pixel.put(pixels, to, (argb & 0xFF00_FF00) | (argb & 0xFF) << 16 | (argb >>> 16 & 0xFF));
                to += 4;
            }
        }
        return converted;
    }

    private static BufferedImage ofSamples(Raster raster, BufferedImage converted, byte[] pixels) {
        int bands = raster.getNumBands();
        boolean grey = bands <= 2;
        int largest = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
        int[] row = new int[bands * raster.getWidth()];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int i = 0; i < row.length; i += bands, to += 4) {
                int red = eightBits(row[i], largest);
                int green = grey ? red : eightBits(row[i + 1], largest);
                int blue = grey ? red : eightBits(row[i + 2], largest);
                int alpha = eightBits(row[i + bands - 1], largest);
                Pixel.put(pixels, to, alpha << 24 | blue << 16 | green << 8 | red);
            }
        }
        return converted;
    }

    private static int eightBits(int sample, int largest) {
        return (255 * sample + largest / 2) / largest;
    }
}
