package io.pawline.simulator.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.Arrays;
import java.util.Optional;

/**
 * Draws a pet from a prompt. The words of the description decide which animal it is and its coat; the words of the
 * style decide colours, lines and surface; the prompt's hash decides the rest. The same prompt always gives the same
 * picture.
 */
public final class PetPicture {

    /** The largest side that is drawn; a larger picture is drawn at this size and enlarged. */
    private static final int LARGEST_DRAWN = 1024;

    private PetPicture() {}

    /**
     * Draws a picture on a plain background.
     *
     * @param variant another one of the same prompt
     * @param watermark whether to put a small mark in the lower right corner
     */
    public static BufferedImage draw(String prompt, long variant, int width, int height, boolean watermark) {
        return draw(prompt, variant, width, height, watermark, Optional.empty());
    }

    /**
     * Draws a picture on a plain background.
     *
     * @param variant another one of the same prompt
     * @param watermark whether to put a small mark in the lower right corner
     * @param photo colours of the pet, whatever the words say; empty: the words decide
     */
    public static BufferedImage draw(
            String prompt, long variant, int width, int height, boolean watermark, Optional<PhotoPalette> photo) {
        long seed = seed(prompt, variant);
        Wording words = new Wording(prompt);
        ArtStyle style = ArtStyle.of(words, seed);
        PetTraits described = PetTraits.of(words, seed);
        PetTraits pet = photo.map(described::in).orElse(described);
        int side = Math.min(LARGEST_DRAWN, Math.min(width, height));
        BufferedImage layer = pet(pet, style, side);

        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Arrays.fill(pixels(picture), style.paper(pet.fur()).getRGB());
        Graphics2D graphics = picture.createGraphics();
        try {
            int shown = Math.min(width, height);
            if (shown != side) {
                graphics.setRenderingHint(
                        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            }
            graphics.drawImage(layer, (width - shown) / 2, (height - shown) / 2, shown, shown, null);
            if (watermark) {
                mark(graphics, width, height);
            }
        } finally {
            graphics.dispose();
        }
        return picture;
    }

    static long seed(String prompt, long variant) {
        return hash(prompt) ^ variant * 0x9E3779B97F4A7C15L;
    }

    /** The pet alone, on nothing. */
    static BufferedImage pet(PetTraits pet, ArtStyle style, int side) {
        BufferedImage layer = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
        try (PetCanvas petCanvas = new PetCanvas(layer, style)) {
            new PetPainter(petCanvas, pet).paint();
        }
        style.texture().apply(pixels(layer), side);
        if (style.grid() > 0) {
            Squares.apply(pixels(layer), side, Math.max(1, (int) Math.round(style.grid() * side / PetCanvas.SIZE)));
        }
        return layer;
    }

    private static void mark(Graphics2D graphics, int width, int height) {
        int size = Math.max(10, Math.min(width, height) / 36);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(new Color(128, 128, 128, 150));
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
        graphics.drawString("simulated", width - size * 6, height - size);
    }

    /** The picture's own pixels, one int each. */
    static int[] pixels(BufferedImage image) {
        return ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    }

    /** Hashes a text with FNV-1a and mixes the result; it is the same in every run. */
    static long hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
        }
        hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        return hash ^ hash >>> 29;
    }
}
