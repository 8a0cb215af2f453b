package io.pawline.benchmarks;

import io.pawline.simulator.picture.PictureCodec;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import javax.imageio.ImageIO;

/** Makes the photos that benchmarks submit: the bundled cat, in the size and format that a front end would send. */
final class SamplePhoto {

    private static final int SIDE = 512;
    private static final Color WALL = new Color(0xD8D2C4);

    private SamplePhoto() {}

    static byte[] jpeg() throws IOException {
        try (InputStream cat = Objects.requireNonNull(PictureCodec.class.getResourceAsStream("/sample/cat.png"))) {
            BufferedImage small = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = small.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            graphics.drawImage(ImageIO.read(cat), 0, 0, SIDE, SIDE, Color.WHITE, null);
            graphics.dispose();
            return PictureCodec.jpeg(small);
        }
    }

    /** A photo with no pet and nothing else in it. */
    static byte[] ofAWall() {
        BufferedImage wall = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = wall.createGraphics();
        graphics.setColor(WALL);
        graphics.fillRect(0, 0, SIDE, SIDE);
        graphics.dispose();
        return PictureCodec.jpeg(wall);
    }
}
