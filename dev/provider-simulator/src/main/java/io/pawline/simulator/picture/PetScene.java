package io.pawline.simulator.picture;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/**
 * Holds a drawn pet on a background, together with the truth about what the background is. It measures how well
 * backgrounds are removed.
 *
 * @param picture what has to be cut out
 * @param pet the pet alone, in the same size; its alpha is the truth
 * @param backdrop the kind of the background
 */
public record PetScene(BufferedImage picture, BufferedImage pet, Backdrop backdrop) {

    /** Lists the kinds of backgrounds. */
    public enum Backdrop {
        /** One colour. */
        PLAIN,
        /** From one colour to another. */
        GRADED,
        /** A painted surface. */
        TEXTURED
    }

    private static final List<Texture> SURFACES =
            List.of(Texture.WASH, Texture.BRUSH, Texture.GRAIN, Texture.FACETS, Texture.HATCH);

    private static final List<String> PETS = List.of(
            "a fluffy ginger tabby cat with green eyes",
            "a black and white tuxedo cat",
            "a grey cat",
            "a white cat with blue eyes",
            "a calico cat with patches",
            "a siamese cat",
            "a golden retriever dog",
            "a brown spotted dog",
            "a black dog",
            "a fluffy white dog",
            "a white rabbit",
            "a grey bunny",
            "a cream corgi dog",
            "a chocolate husky dog",
            "an orange cat");

    private static final List<String> STYLES = List.of(
            "watercolor",
            "pop art",
            "pixel art",
            "pencil sketch",
            "neon",
            "oil painting",
            "ink wash",
            "3d clay",
            "origami",
            "vintage",
            "galaxy",
            "pastel",
            "cartoon",
            "a portrait",
            "a storybook");

    /**
     * Draws one of many pets in one of many styles on one of the backgrounds. The same number always gives the same scene,
     * and 675 numbers in a row give each combination.
     *
     * @param number 0 or more
     */
    public static PetScene numbered(int number, int side) {
        String pet = PETS.get(number % PETS.size());
        String style = STYLES.get((number / PETS.size() + number) % STYLES.size());
        Backdrop[] backdrops = Backdrop.values();
        return draw(pet + ", " + style, number, side, backdrops[number / PETS.size() % backdrops.length]);
    }

    /**
     * Draws the pet of a prompt. The same arguments always give the same scene.
     *
     * @param variant another one of the same prompt
     * @param side of the square picture in pixels
     */
    public static PetScene draw(String prompt, long variant, int side, Backdrop backdrop) {
        long seed = PetPicture.seed(prompt, variant);
        Wording words = new Wording(prompt);
        ArtStyle style = ArtStyle.of(words, seed);
        PetTraits traits = PetTraits.of(words, seed);
        BufferedImage pet = PetPicture.pet(traits, style, side);
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        paint(picture, style.paper(traits.fur()), seed, backdrop);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.drawImage(pet, 0, 0, null);
        } finally {
            graphics.dispose();
        }
        return new PetScene(picture, pet, backdrop);
    }

    private static void paint(BufferedImage picture, Color paper, long seed, Backdrop backdrop) {
        int side = picture.getWidth();
        int[] pixels = PetPicture.pixels(picture);
        switch (backdrop) {
            case PLAIN -> Arrays.fill(pixels, paper.getRGB());
            case GRADED -> {
                Color other = Tint.shift(Tint.darker(paper, 0.3), (seed >>> 12 & 15) / 64.0, 1.2, 1);
                boolean down = (seed >>> 20 & 1) == 0;
                Graphics2D graphics = picture.createGraphics();
                graphics.setPaint(new GradientPaint(0, 0, paper, down ? 0 : side, side, other));
                graphics.fillRect(0, 0, side, side);
                graphics.dispose();
            }
            case TEXTURED -> {
                Arrays.fill(pixels, paper.getRGB());
                SURFACES.get(Math.floorMod(seed >>> 24, SURFACES.size())).apply(pixels, side);
            }
        }
    }

    /** Whether the pet covers a pixel by half at least. */
    public boolean isPet(int x, int y) {
        return pet.getRGB(x, y) >>> 24 >= 128;
    }

    /**
     * How well a cut-out matches the truth: the area that is pet in both, divided by the area that is pet in either. A
     * pixel is pet if it is visible by half at least.
     *
     * @param cutOut of the same size
     */
    public double overlap(BufferedImage cutOut) {
        int both = 0;
        int either = 0;
        for (int y = 0; y < pet.getHeight(); y++) {
            for (int x = 0; x < pet.getWidth(); x++) {
                boolean visible = cutOut.getRGB(x, y) >>> 24 >= 128;
                boolean truth = isPet(x, y);
                both += visible && truth ? 1 : 0;
                either += visible || truth ? 1 : 0;
            }
        }
        return either == 0 ? 1 : (double) both / either;
    }
}
