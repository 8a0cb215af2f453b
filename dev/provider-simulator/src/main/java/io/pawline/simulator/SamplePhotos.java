package io.pawline.simulator;

import io.pawline.simulator.picture.PictureCodec;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Serves photos to submit, good and bad ones. */
final class SamplePhotos {

    private final byte[] cat = resource("/sample/cat.png");
    private final byte[] flat = flat();

    SimulatedReply show(String name) {
        return switch (name) {
            case "cat.png" -> SimulatedReply.bytes("image/png", cat);
            case "flat.png" -> SimulatedReply.bytes("image/png", flat);
            case "not-an-image" ->
                SimulatedReply.bytes(
                        "image/png", "This is text, whatever the header says.\n".getBytes(StandardCharsets.UTF_8));
            default -> SimulatedReply.problem(404, "there is no such photo; there are cat.png, flat.png, not-an-image");
        };
    }

    /** A picture of nothing. */
    private static byte[] flat() {
        BufferedImage picture = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(new Color(0xA9B7C0));
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        graphics.dispose();
        return PictureCodec.png(picture);
    }

    private static byte[] resource(String name) {
        try (InputStream bytes = SamplePhotos.class.getResourceAsStream(name)) {
            if (bytes == null) {
                throw new IllegalStateException(name + " is missing from the class path");
            }
            return bytes.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
