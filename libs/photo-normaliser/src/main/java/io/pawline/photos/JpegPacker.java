package io.pawline.photos;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Packs pixels as a JPEG without metadata. */
final class JpegPacker {

    /** As many as a photo of 2,048 pixels has at a good quality. What has more is packed again with less quality. */
    private static final int ENOUGH_BYTES = 600_000;

    private static final float[] QUALITIES = {0.82f, 0.65f, 0.45f};

    private JpegPacker() {}

    /** Packs pixels of three bands. */
    static byte[] pack(Pixels pixels) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(
                new DataBufferByte(pixels.samples(), pixels.samples().length),
                pixels.width(),
                pixels.height(),
                pixels.width() * 3,
                3,
                new int[] {0, 1, 2},
                new Point());
        ColorSpace srgb = ColorSpace.getInstance(ColorSpace.CS_sRGB);
        BufferedImage image = new BufferedImage(
                new ComponentColorModel(srgb, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE),
                raster,
                false,
                null);
        ImageWriter writer = writer();
        try {
            byte[] packed = pack(image, writer, QUALITIES[0]);
            for (int next = 1; packed.length > ENOUGH_BYTES && next < QUALITIES.length; next++) {
                packed = pack(image, writer, QUALITIES[next]);
            }
            return packed;
        } finally {
            writer.dispose();
        }
    }

    private static byte[] pack(BufferedImage image, ImageWriter writer, float quality) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(quality);
            writer.write(null, new IIOImage(image, null, null), param);
        }
        return bytes.toByteArray();
    }

    private static ImageWriter writer() {
        for (Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg"); writers.hasNext(); ) {
            ImageWriter writer = writers.next();
            if (writer.getClass().getName().startsWith("com.sun.imageio.")) {
                return writer;
            }
        }
        throw new IllegalStateException("the JDK has no writer for JPEG");
    }
}
