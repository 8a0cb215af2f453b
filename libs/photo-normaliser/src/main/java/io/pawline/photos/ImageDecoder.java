package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.IntStream;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes pixels with the readers of ImageIO, in a bounded amount of memory. A JPEG is averaged while it is decoded, row
 * by row. Of other large photos only every second, third or further pixel is decoded, so that what is in memory at once
 * has at most 48 MB.
 */
final class ImageDecoder {

    private static final long MOST_BYTES = 48L * 1024 * 1024;

    private ImageDecoder() {}

    /** The JDK's own reader for this format, whatever others are registered. */
    static ImageReader readerOfTheJdk(String format) {
        for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format); readers.hasNext(); ) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
                return reader;
            }
        }
        throw new IllegalStateException("the JDK has no reader for " + format);
    }

    /**
     * Decodes a JPEG in grey or colours.
     *
     * @param from its size
     * @param components 1 or 3
     */
    static Pixels jpeg(ImageInputStream file, Size from, Size to, int components) throws IOException {
        ImageReader reader = readerOfTheJdk("jpeg");
        try {
            reader.setInput(file, true, true);
            RowAverage average = new RowAverage(from, to, components);
            ImageReadParam param = reader.getDefaultReadParam();
            param.setDestination(AveragingRaster.image(from, components, average));
            reader.read(0, param);
            return average.result();
        } catch (IllegalStateException rowsMissing) {
            throw new IIOException("the decoder gave up", rowsMissing);
        } finally {
            reader.dispose();
        }
    }

    /** Decodes the inks of a JPEG with four components, as they are stored. */
    static Pixels inks(ImageInputStream file, Size from, Size to) throws IOException {
        ImageReader reader = readerOfTheJdk("jpeg");
        try {
            reader.setInput(file, true, true);
            ImageReadParam param = reader.getDefaultReadParam();
            int step = step(from, 4);
            param.setSourceSubsampling(step, step, 0, 0);
            Raster raster = reader.readRaster(0, param);
            if (raster.getNumBands() != 4) {
                throw new IIOException("four inks were expected, %d came".formatted(raster.getNumBands()));
            }
            Size read = new Size(raster.getWidth(), raster.getHeight());
            RowAverage average = new RowAverage(read, smaller(to, read), 4);
            int[] samples = new int[read.width() * 4];
            byte[] row = new byte[samples.length];
            for (int y = 0; y < read.height(); y++) {
                raster.getPixels(raster.getMinX(), raster.getMinY() + y, read.width(), 1, samples);
                for (int at = 0; at < row.length; at++) {
                    row[at] = (byte) samples[at];
                }
                average.add(row, 0);
            }
            return average.result();
        } finally {
            reader.dispose();
        }
    }

    /**
     * Decodes the first picture of another file.
     *
     * @param reader of its format; disposed of afterwards
     * @param bytesPerPixel in memory
     */
    static Pixels first(ImageReader reader, ImageInputStream file, Size from, Size to, int bytesPerPixel)
            throws IOException {
        try {
            reader.setInput(file, false, true);
            ImageReadParam param = reader.getDefaultReadParam();
            int step = step(from, bytesPerPixel);
            param.setSourceSubsampling(step, step, 0, 0);
            BufferedImage image = reader.read(0, param);
            Size read = new Size(image.getWidth(), image.getHeight());
            return FlatRows.average(image, smaller(to, read));
        } finally {
            reader.dispose();
        }
    }

    /** The bytes of what is in memory at once of a photo of this size. */
    static long memory(Size from, int bytesPerPixel) {
        int step = step(from, bytesPerPixel);
        return (from.pixels() * bytesPerPixel) / ((long) step * step);
    }

    private static int step(Size from, int bytesPerPixel) {
        return (int) Math.ceil(Math.sqrt((double) from.pixels() * bytesPerPixel / MOST_BYTES));
    }

    private static Size smaller(Size one, Size other) {
        return new Size(Math.min(one.width(), other.width()), Math.min(one.height(), other.height()));
    }

    /**
     * Takes the rows of a decoder, and keeps their average alone. The decoder writes the rows from the top. Of a
     * progressive JPEG it does so once for each scan. Each time the picture is finer, and the last one counts.
     */
    private static final class AveragingRaster extends WritableRaster {

        private final RowAverage average;
        private final int components;

        private AveragingRaster(Size size, int components, RowAverage average) {
            super(
                    new PixelInterleavedSampleModel(
                            DataBuffer.TYPE_BYTE,
                            size.width(),
                            size.height(),
                            components,
                            size.width() * components,
                            IntStream.range(0, components).toArray()),
                    new DataBufferByte(1),
                    new Rectangle(0, 0, size.width(), size.height()),
                    new Point(),
                    null);
            this.average = average;
            this.components = components;
        }

        static BufferedImage image(Size size, int components, RowAverage average) {
            ColorSpace colours = ColorSpace.getInstance(components == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
            ComponentColorModel model =
                    new ComponentColorModel(colours, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
            return new BufferedImage(model, new AveragingRaster(size, components, average), false, null);
        }

        @Override
        public void setRect(int x, int y, Raster row) {
            if (y == 0) {
                average.begin();
            }
            byte[] samples = ((DataBufferByte) row.getDataBuffer()).getData();
            for (int at = 0; at < row.getHeight(); at++) {
                average.add(samples, at * row.getWidth() * components);
            }
        }
    }
}
