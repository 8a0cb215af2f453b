package io.pawline.simulator.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * Describes what a photo shows, in words that simple measures give; the same photo always gives the same words.
 *
 * <p>The photo is scaled to 96 x 96 pixels. Its middle weighs most, because a pet mostly is there.
 * <ul>
 *   <li>A pet is taken to be there if the picture has texture: the luminance's mean absolute second difference (flat
 *       areas and smooth gradients have none, fur and edges much) is at least {@value #LEAST_TEXTURE} of 255.
 *   <li>The coat's colour is the weighted mean of what is not almost black or white (unless nearly all is), by name.
 *   <li>The coat's pattern follows from the texture, and from the shares of very dark and very light.
 *   <li>The eyes have the colour of the most saturated pixels that differ from the coat.
 *   <li>No measure can distinguish a dog from a cat: a smooth golden or chocolate coat is called a dog's.
 * </ul>
 *
 * @param hasPet whether the picture has the texture of something alive
 * @param description words for a text-to-image prompt; without a pet, what the photo shows instead
 */
public record PetPhoto(boolean hasPet, String description) {

    static final double LEAST_TEXTURE = 1.2;

    private static final int SIDE = 96;

    /** Describes what these bytes show; empty if they are no picture. */
    public static Optional<PetPhoto> lookAt(byte[] bytes) {
        return PictureCodec.decodeSmall(bytes, 4 * SIDE).map(picture -> describe(scaled(picture)));
    }

    private static PetPhoto describe(int[] pixels) {
        double texture = texture(pixels);
        PhotoColors colors = PhotoColors.of(pixels, SIDE);
        if (texture < LEAST_TEXTURE) {
            return new PetPhoto(
                    false,
                    "a plain %s %s surface with no animal".formatted(brightness(colors.luminance()), colors.coat()));
        }
        String length = texture > 4.5 ? "fluffy" : "short-haired";
        String species = dogLike(colors.coat(), texture) ? "dog" : "cat";
        String pattern = pattern(colors, texture);
        String description = "a %s %s with %s eyes, in %s light"
                .formatted(
                        String.join(" ", length, colors.coat(), pattern).strip(),
                        species,
                        colors.eyes(),
                        brightness(colors.luminance()));
        return new PetPhoto(true, description);
    }

    private static boolean dogLike(String coat, double texture) {
        return texture < 3 && (coat.equals("golden") || coat.equals("chocolate brown"));
    }

    private static String pattern(PhotoColors colors, double texture) {
        if (colors.dark() > 0.3 && colors.light() > 0.3) {
            return "tuxedo";
        }
        if (colors.dark() > 0.12 && colors.light() > 0.12 && colors.warm() > 0.3) {
            return "calico";
        }
        if (texture > 3.2) {
            return "tabby";
        }
        return texture > 2.6 ? "spotted" : "";
    }

    private static String brightness(double luminance) {
        return luminance > 175 ? "bright" : luminance < 80 ? "dim" : "soft";
    }

    /** Mean absolute second difference of the luminance, across and down. */
    private static double texture(int[] pixels) {
        double[] luminance = new double[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            luminance[i] = Tint.luminance(new Color(pixels[i]));
        }
        double sum = 0;
        for (int y = 1; y < SIDE - 1; y++) {
            for (int x = 1; x < SIDE - 1; x++) {
                int at = y * SIDE + x;
                sum += Math.abs(luminance[at - 1] - 2 * luminance[at] + luminance[at + 1]);
                sum += Math.abs(luminance[at - SIDE] - 2 * luminance[at] + luminance[at + SIDE]);
            }
        }
        return sum / (2 * (SIDE - 2) * (SIDE - 2));
    }

    /** The pixels of the picture, scaled to 96 x 96. */
    static int[] scaled(BufferedImage picture) {
        BufferedImage small = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = small.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, SIDE, SIDE);
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(picture, 0, 0, SIDE, SIDE, null);
        graphics.dispose();
        return PetPicture.pixels(small);
    }
}
