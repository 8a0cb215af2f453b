package io.pawline.mattingmodel.cutout;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever the model says and whatever the picture is, a cut-out has the picture's size and no holes. */
class SubjectMaskTest {

    @Property(tries = 300)
    void aCutOutHasThePicturesSizeAndNoHoles(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll @IntRange(min = 1, max = 24) int side,
            @ForAll long seed)
            throws IOException {
        Random random = new Random(seed);
        Picture picture = new Picture(width, height, new byte[3 * width * height]);
        random.nextBytes(picture.rgb());
        Grid saliency = new Grid(side, side).map(_ -> random.nextFloat());

        byte[] mask = SubjectMask.of(picture, saliency);
        byte[] filled = mask.clone();
        Regions.fillHoles(filled, width);
        byte[] rgba = new SoftEdge(picture, mask).rgba();
        BufferedImage png = decoded(CutOutPng.write(rgba, width, height));

        assertThat(mask).isEqualTo(filled);
        assertThat(png.getWidth()).isEqualTo(width);
        assertThat(png.getHeight()).isEqualTo(height);
        for (int at = 0; at < mask.length; at++) {
            int pixel = png.getRGB(at % width, at / width);
            assertThat(pixel >>> 24 >= 128).as("pixel %d is visible", at).isEqualTo(mask[at] == 1);
            if (pixel >>> 24 == 255) {
                assertThat(pixel & 0xFFFFFF).as("pixel %d", at).isEqualTo(colour(picture, at));
            }
        }
    }

    /** The model sees a part of a disc only. Its colour, unlike the background's, tells the rest. */
    @Example
    void coloursFindWhatTheModelMissed() {
        Picture picture = disc(96, 30, 0xF0F0F0, 0xC04020);
        Grid saliency = cells(32, (x, y) -> Math.max(0.06f, disc(x, y, 4)));

        assertThat(SubjectMask.of(picture, saliency)).isEqualTo(disc(96, 30));
    }

    /** The model takes a wide rim of background for the disc. It has the background's colour. */
    @Example
    void coloursTakeAwayWhatTheModelAdded() {
        Picture picture = disc(96, 30, 0xF0F0F0, 0xC04020);
        Grid saliency = cells(32, (x, y) -> Math.max(disc(x, y, 9), Math.min(0.6f, disc(x, y, 13))));

        assertThat(SubjectMask.of(picture, saliency)).isEqualTo(disc(96, 30));
    }

    @Example
    void aPartOfTheBackgroundsColourInsideStays() {
        Picture picture = disc(96, 30, 0xF0F0F0, 0xC04020);
        for (int y = 44; y < 52; y++) {
            Arrays.fill(picture.rgb(), 3 * (y * 96 + 44), 3 * (y * 96 + 52), (byte) 0xF0);
        }
        Grid saliency = cells(32, (x, y) -> Math.min(disc(x, y, 10), 1.3f - disc(x, y, 3)));

        assertThat(SubjectMask.of(picture, saliency)).isEqualTo(disc(96, 30));
    }

    @Example
    void whatStandsApartGoes() {
        Picture picture = disc(96, 30, 0xF0F0F0, 0xC04020);
        for (int y = 88; y < 92; y++) {
            Arrays.fill(picture.rgb(), 3 * (y * 96 + 70), 3 * (y * 96 + 92), (byte) 0x20);
        }
        Grid saliency = cells(32, (x, y) -> Math.max(disc(x, y, 10), y > 28 ? 0.4f : 0));

        assertThat(SubjectMask.of(picture, saliency)).isEqualTo(disc(96, 30));
    }

    /** The saliency of a disc around the middle of 32 x 32 cells, with a soft rim. */
    private static float disc(int x, int y, int radius) {
        return (float) Math.clamp((radius + 2 - Math.hypot(x - 15.5, y - 15.5)) / 3, 0, 1);
    }

    private interface Cell {
        float of(int x, int y);
    }

    private static Grid cells(int side, Cell cell) {
        Grid grid = new Grid(side, side);
        for (int at = 0; at < grid.values().length; at++) {
            grid.values()[at] = cell.of(at % side, at / side);
        }
        return grid;
    }

    private static byte[] disc(int side, double radius) {
        byte[] mask = new byte[side * side];
        for (int at = 0; at < mask.length; at++) {
            double middle = (side - 1) / 2.0;
            int row = at / side;
            mask[at] = (byte) (Math.hypot(at % side - middle, row - middle) < radius ? 1 : 0);
        }
        return mask;
    }

    private static Picture disc(int side, double radius, int background, int subject) {
        byte[] mask = disc(side, radius);
        byte[] rgb = new byte[3 * mask.length];
        for (int at = 0; at < rgb.length; at++) {
            rgb[at] = (byte) ((mask[at / 3] == 1 ? subject : background) >> (16 - at % 3 * 8));
        }
        return new Picture(side, side, rgb);
    }

    private static int colour(Picture picture, int at) {
        return picture.sample(at, 0) << 16 | picture.sample(at, 1) << 8 | picture.sample(at, 2);
    }

    private static BufferedImage decoded(byte[] png) throws IOException {
        return Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(png)), "no PNG");
    }
}
