package io.pawline.finalize;

import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Makes pictures like those of a matting model, and some that a model should not make. */
final class TestingCutOut {

    /** The colour of invisible pixels. It would show if it bled into the edge. */
    static final Color HIDDEN = new Color(0, 255, 0, 0);

    static final Color FUR = new Color(200, 60, 40);

    private TestingCutOut() {}

    /** A round head with two ears, with smooth edges, and nothing around it. */
    static BufferedImage cat(int width, int height) {
        BufferedImage image = filled(width, height, HIDDEN);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setPaint(new GradientPaint(0, 0, FUR, 0, height, FUR.darker()));
        graphics.fillOval(width / 5, height / 4, width * 3 / 5, height * 3 / 5);
        graphics.fillPolygon(
                new int[] {width / 4, width / 4, width / 2}, new int[] {height / 2, height / 10, height * 3 / 10}, 3);
        graphics.fillPolygon(
                new int[] {width * 3 / 4, width * 3 / 4, width / 2},
                new int[] {height / 2, height / 10, height * 3 / 10},
                3);
        graphics.setColor(Color.WHITE);
        graphics.fillOval(width * 7 / 20, height * 2 / 5, width / 10, height / 8);
        graphics.fillOval(width * 11 / 20, height * 2 / 5, width / 10, height / 8);
        graphics.dispose();
        return image;
    }

    static BufferedImage filled(int width, int height, Color color) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        fill(image, color, 0, width);
        return image;
    }

    /** The left half in one colour, the right half in another, each to the pixel. */
    static BufferedImage halves(int width, int height, Color left, Color right) {
        BufferedImage image = filled(width, height, left);
        fill(image, right, width / 2, width - width / 2);
        return image;
    }

    private static void fill(BufferedImage image, Color color, int x, int width) {
        Graphics2D graphics = image.createGraphics();
        graphics.setComposite(AlphaComposite.Src);
        graphics.setColor(color);
        graphics.fillRect(x, 0, width, image.getHeight());
        graphics.dispose();
    }

    /** The same picture in another of {@link BufferedImage}'s types. */
    static BufferedImage as(int type, BufferedImage image) {
        BufferedImage converted = new BufferedImage(image.getWidth(), image.getHeight(), type);
        Graphics2D graphics = converted.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return converted;
    }

    static byte[] encode(BufferedImage image, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, bytes)) {
                throw new IllegalArgumentException("no writer for " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] png(BufferedImage image) {
        return encode(image, "png");
    }

    static BufferedImage decode(byte[] png) {
        try {
            return ImageIO.read(new ByteArrayInputStream(png));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
