package io.pawline.images.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pawline.images.label.VisibleLabelProperties.Position;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VisibleLabelTest {

    @ParameterizedTest
    @CsvSource({"2048, 2048, 0.05", "256, 256, 0.05", "256, 171, 0.05", "300, 900, 0.1", "64, 64, 0.2"})
    void drawsCharactersOfTheHeightThatIsAskedFor(int width, int height, double share) {
        BufferedImage picture = drawn("I", Position.BOTTOM_RIGHT, share, width, height);

        Area white = Area.of(picture, VisibleLabelTest::isWhite);

        double asked = share * Math.min(width, height);
        assertThat(white.height()).isBetween((int) Math.ceil(asked), (int) Math.ceil(asked) + 1);
    }

    @Test
    void drawsChineseCharactersNoLowerThanCapitalLetters() {
        Area letters = Area.of(drawn("AI", Position.TOP_LEFT, 0.05, 1000, 1000), VisibleLabelTest::isWhite);
        Area characters = Area.of(drawn("生成", Position.TOP_LEFT, 0.05, 1000, 1000), VisibleLabelTest::isWhite);

        assertThat(characters.height()).isGreaterThanOrEqualTo(letters.height()).isGreaterThanOrEqualTo(50);
    }

    @ParameterizedTest
    @EnumSource
    void putsTheWordsWhereTheyAreAskedFor(Position position) {
        Area box = Area.of(drawn("AI生成", position, 0.05, 800, 600), VisibleLabelTest::isVisible);

        int middle = (box.left() + box.right()) / 2;
        switch (position) {
            case TOP_LEFT, BOTTOM_LEFT -> assertThat(box.left()).isBetween(8, 16);
            case TOP, BOTTOM -> assertThat(middle).isBetween(397, 402);
            case TOP_RIGHT, BOTTOM_RIGHT -> assertThat(box.right()).isBetween(784, 792);
        }
        switch (position) {
            case TOP_LEFT, TOP, TOP_RIGHT -> assertThat(box.top()).isBetween(8, 16);
            case BOTTOM_LEFT, BOTTOM, BOTTOM_RIGHT -> assertThat(box.bottom()).isBetween(584, 592);
        }
    }

    @Test
    void canBeReadOnAnyBackground() {
        for (int background : new int[] {0, 0xFFFFFFFF, 0xFF000000, 0xFF808080}) {
            BufferedImage picture = filled(500, 500, background);
            label("AI", Position.BOTTOM_RIGHT, 0.1).drawOn(picture);

            // The box is dark enough for white words, whatever is behind it
            assertThat(picture.getRGB(480, 440) & 0xFF).as("%08x", background).isLessThan(110);
            BufferedImage insideTheBox = picture.getSubimage(400, 400, 80, 85);
            assertThat(Area.of(insideTheBox, VisibleLabelTest::isWhite).height())
                    .as("%08x", background)
                    .isBetween(50, 52);
        }
    }

    @Test
    void isNotDrawnUnlessItIsAskedFor() {
        LabelProperties properties = new LabelProperties(
                true,
                "Pawline",
                "",
                VisibleLabelProperties.DEFAULTS,
                Map.of(
                        "zoo",
                        new LabelProperties.Tenant(
                                null, null, null, new VisibleLabelProperties.Tenant(true, null, null, null))));

        assertThat(new PictureLabel(properties).visible("shop")).isEmpty();
        assertThat(new PictureLabel(properties).visible("zoo")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    AI生成 | 0.049 | pawline.label.explicit.height must be 0.05 to 0.2, was 0.049
                    AI生成 | NaN   | pawline.label.explicit.height must be 0.05 to 0.2, was NaN
                    ''     | 0.05  | pawline.label.explicit.text must not be empty
                    AI猫🐈猫 | 0.05 | pawline.label.explicit.text has characters that cannot be drawn: 猫 (U+732B), 🐈 (U+1F408)
                    A picture that a machine has made | 0.05 | pawline.label.explicit.text is too long
                    AI生成 | 0.15 | ''
                    """)
    void saysWhatCannotBeDrawn(String text, double height, String why) {
        VisibleLabelProperties words = new VisibleLabelProperties(false, text, Position.BOTTOM, height);

        Throwable refused = catchThrowable(() -> new LabelProperties(true, "Pawline", "", words, Map.of()));

        assertThat(Optional.ofNullable(refused).map(Throwable::getMessage).orElse(""))
                .startsWith(why);
        assertThat(refused == null).isEqualTo(why.isEmpty());
    }

    @Test
    void namesTheTenantWhoseWordsCannotBeDrawn() {
        VisibleLabelProperties.Tenant words = new VisibleLabelProperties.Tenant(null, "猫", null, null);

        assertThatThrownBy(() -> new LabelProperties(
                        true,
                        "Pawline",
                        "",
                        VisibleLabelProperties.DEFAULTS,
                        Map.of("zoo", new LabelProperties.Tenant(null, null, null, words))))
                .hasMessageStartingWith("pawline.label.tenants.zoo.explicit.text has characters that cannot be drawn");
    }

    /** A machine that runs only a JRE may have no fonts: where the JDK's text fails, the words are still drawn. */
    @Test
    void needsNoFonts() throws Exception {
        Process withoutFonts = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.awt.headless=true",
                        "-Dsun.awt.fontconfig=/nonexistent/fontconfig.properties",
                        "-cp",
                        System.getProperty("java.class.path"),
                        VisibleLabelTest.class.getName())
                .inheritIO()
                .start();
        assertThat(withoutFonts.waitFor()).isZero();
    }

    /** Exits with 0 if words are drawn although there are no fonts. */
    static void main() {
        BufferedImage picture = drawn("AI生成", Position.BOTTOM_RIGHT, 0.05, 512, 512);
        System.exit(Area.of(picture, VisibleLabelTest::isWhite).height() > 25 ? 0 : 1);
    }

    /** Whether there is something of a character, which the black box has not. */
    private static boolean isWhite(int pixel) {
        return (pixel & 0xFF) > 130;
    }

    private static boolean isVisible(int pixel) {
        return pixel >>> 24 != 0;
    }

    private static VisibleLabel label(String text, Position position, double height) {
        return new VisibleLabel(new VisibleLabelProperties(true, text, position, height));
    }

    private static BufferedImage drawn(String text, Position position, double share, int width, int height) {
        BufferedImage picture = filled(width, height, 0);
        label(text, position, share).drawOn(picture);
        return picture;
    }

    private static BufferedImage filled(int width, int height, int argb) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                picture.setRGB(x, y, argb);
            }
        }
        return picture;
    }

    /** The smallest rectangle around some pixels. */
    private record Area(int left, int top, int right, int bottom) {

        static Area of(BufferedImage picture, IntPredicate pixels) {
            int left = Integer.MAX_VALUE;
            int top = Integer.MAX_VALUE;
            int right = -1;
            int bottom = -1;
            for (int y = 0; y < picture.getHeight(); y++) {
                for (int x = 0; x < picture.getWidth(); x++) {
                    if (pixels.test(picture.getRGB(x, y))) {
                        left = Math.min(left, x);
                        top = Math.min(top, y);
                        right = Math.max(right, x);
                        bottom = Math.max(bottom, y);
                    }
                }
            }
            return new Area(left, top, right, bottom);
        }

        int height() {
            return bottom - top + 1;
        }
    }
}
