package io.pawline.finalize;

import static io.pawline.finalize.TestingCutOut.FUR;
import static io.pawline.finalize.TestingCutOut.HIDDEN;
import static io.pawline.finalize.TestingCutOut.cat;
import static io.pawline.finalize.TestingCutOut.decode;
import static io.pawline.finalize.TestingCutOut.filled;
import static io.pawline.finalize.TestingCutOut.halves;
import static io.pawline.finalize.TestingCutOut.png;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.pawline.finalize.FinishResult.EncodedPng;
import io.pawline.finalize.FinishResult.Implausible;
import io.pawline.finalize.FinishResult.Pictures;
import io.pawline.finalize.FinishResult.Thumbnail;
import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.images.label.VisibleLabel;
import io.pawline.images.label.VisibleLabelProperties;
import io.pawline.stage.MemoryBudget;
import java.awt.Color;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureFinisherTest {

    private static final MemoryBudget MEMORY = MemoryBudget.ofHeap(0.5);

    private static final Plausibility PLAUSIBILITY = new Plausibility(64, 1_000_000, 0.01, 0.99);

    @Test
    void leavesTheCutOutUnchanged() throws Exception {
        byte[] cutOut = png(cat(512, 512));

        Pictures pictures = pictures(cutOut, 256);

        assertThat(pictures.result().png()).isSameAs(cutOut);
        assertThat(pictures.result().width()).isEqualTo(512);
        assertThat(pictures.result().height()).isEqualTo(512);
    }

    /** Compared with the code that had the whole picture in memory, and the JDK's reader. */
    @ParameterizedTest
    @CsvSource({"512, 512", "801, 399", "300, 900", "257, 256", "1000, 1000"})
    void readsRowByRowWhatTheWholePictureGave(int width, int height) throws Exception {
        byte[] cutOut = png(cat(width, height));
        BufferedImage whole = SrgbPixels.abgr(decode(cutOut));

        for (Thumbnail thumbnail : pictures(cutOut, 256, 100, 64).thumbnails()) {
            EncodedPng picture = thumbnail.picture();
            assertThat(Pixel.abgr(decode(picture.png())))
                    .isEqualTo(Pixel.abgr(WholePictureAverage.of(whole, picture.width(), picture.height())));
        }
    }

    /** The rows, the data and a thumbnail. As a whole picture, the pixels would come on top. */
    @Test
    void takesMemoryForTheRowsOfAPictureOnly() throws Exception {
        byte[] cutOut = png(cat(1000, 1000));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        PictureFinisher finisher = new PictureFinisher(PLAUSIBILITY, List.of(256), 1, MEMORY);
        finisher.finish(cutOut, Optional.empty());

        long before = threads.getCurrentThreadAllocatedBytes();
        finisher.finish(cutOut, Optional.empty());

        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .isLessThan(PlainPngReader.memory(cutOut) + 2_000_000);
    }

    /** All rows and both halves of a pair of pixels count. */
    @ParameterizedTest
    @CsvSource({"100, 100, 25", "101, 101, 25", "101, 64, 99"})
    void countsEachVisiblePixel(int width, int height, int percent) throws Exception {
        BufferedImage image = filled(width, height, HIDDEN);
        int visible = width * height * percent / 100;
        for (int i = 0; i < visible; i++) {
            image.setRGB(i % width, i / width, i % 2 == 0 ? 0x80FF_FFFF : 0xFF00_0000);
        }
        double share = 100.0 * visible / (width * height);
        Plausibility nothing = new Plausibility(64, 1_000_000, 1, 1);

        FinishResult finished =
                new PictureFinisher(nothing, List.of(256), 1, MEMORY).finish(png(image), Optional.empty());

        assertThat(finished)
                .isInstanceOfSatisfying(
                        Implausible.class,
                        implausible ->
                                assertThat(implausible.why()).startsWith(String.format(Locale.ROOT, "%.2f %%", share)));
    }

    @ParameterizedTest
    @CsvSource({
        "512, 512, 256, 256",
        "800, 400, 256, 128",
        "300, 900, 85, 256",
        "257, 256, 256, 255",
        "900, 64, 256, 18"
    })
    void reducesTheLongestSideAndKeepsTheProportions(int width, int height, int smallWidth, int smallHeight)
            throws Exception {
        EncodedPng thumbnail = thumbnail(png(cat(width, height)));

        assertThat(thumbnail.width()).isEqualTo(smallWidth);
        assertThat(thumbnail.height()).isEqualTo(smallHeight);
        BufferedImage image = decode(thumbnail.png());
        assertThat(image.getWidth()).isEqualTo(smallWidth);
        assertThat(image.getHeight()).isEqualTo(smallHeight);
    }

    @Test
    void neverEnlarges() throws Exception {
        byte[] cutOut = png(cat(200, 256));

        EncodedPng thumbnail = thumbnail(cutOut);

        assertThat(thumbnail.png()).isSameAs(cutOut);
        assertThat(thumbnail.width()).isEqualTo(200);
        assertThat(thumbnail.height()).isEqualTo(256);
    }

    @Test
    void makesEverySizeLargestFirst() throws Exception {
        Pictures pictures = pictures(png(cat(512, 512)), 64, 256, 128);

        assertThat(pictures.thumbnails()).extracting(Thumbnail::size).containsExactly(256, 128, 64);
        assertThat(pictures.thumbnails())
                .extracting(thumbnail -> thumbnail.picture().width())
                .containsExactly(256, 128, 64);
    }

    @Test
    void drawsTheWordsOnEachPicture() throws Exception {
        byte[] cutOut = png(cat(512, 384));
        Optional<VisibleLabel> words = label().visible("tenant");

        FinishResult finished =
                new PictureFinisher(PLAUSIBILITY, List.of(1024, 256, 64), 1, MEMORY).finish(cutOut, words);

        assertThat(finished).isInstanceOfSatisfying(Pictures.class, pictures -> {
            assertThat(pictures.result().png()).isNotEqualTo(cutOut);
            assertThat(pictures.thumbnails().getFirst().picture()).isSameAs(pictures.result());
            assertThat(white(pictures.result())).isGreaterThanOrEqualTo(20);
            assertThat(white(pictures.thumbnails().get(1).picture())).isGreaterThanOrEqualTo(10);
            assertThat(white(pictures.thumbnails().get(2).picture())).isGreaterThanOrEqualTo(3);
        });
    }

    private static PictureLabel label() {
        return new PictureLabel(new LabelProperties(
                true,
                "Pawline",
                "",
                new VisibleLabelProperties(true, "AI生成", VisibleLabelProperties.Position.BOTTOM_RIGHT, 0.05),
                Map.of()));
    }

    /** The number of rows in the lower right corner that have something of a white character. */
    private static int white(EncodedPng picture) {
        BufferedImage image = decode(picture.png());
        int rows = 0;
        for (int y = image.getHeight() * 7 / 8; y < image.getHeight(); y++) {
            int row = y;
            if (IntStream.range(image.getWidth() * 3 / 4, image.getWidth())
                    .anyMatch(x -> (image.getRGB(x, row) & 0xFF) > 130)) {
                rows++;
            }
        }
        return rows;
    }

    @Test
    void keepsInvisiblePixelsInvisible() throws Exception {
        BufferedImage image = decode(thumbnail(png(cat(512, 512))).png());

        assertThat(image.getColorModel().hasAlpha()).isTrue();
        assertThat(alpha(image, 2, 2)).isZero();
        assertThat(alpha(image, 128, 200)).isEqualTo(255);
    }

    @ParameterizedTest
    @CsvSource({"512", "700", "777", "1000"})
    void letsNoHiddenColourBleedIntoTheEdge(int width) throws Exception {
        BufferedImage image =
                decode(thumbnail(png(halves(width, width, FUR, HIDDEN))).png());

        for (int x = 0; x < image.getWidth(); x++) {
            if (alpha(image, x, 100) > 15) { // below, eight bits hold too little of a colour
                Color seen = new Color(image.getRGB(x, 100));
                assertThat(seen.getRed()).isCloseTo(FUR.getRed(), within(9));
                assertThat(seen.getGreen()).isCloseTo(FUR.getGreen(), within(9));
                assertThat(seen.getBlue()).isCloseTo(FUR.getBlue(), within(9));
            }
        }
    }

    @Test
    void takesOtherKindsOfPngWithAlpha() throws Exception {
        byte[] colours = {0, (byte) 200};
        IndexColorModel palette = new IndexColorModel(1, 2, colours, colours, colours, new byte[] {0, (byte) 255});
        BufferedImage image = new BufferedImage(300, 300, BufferedImage.TYPE_BYTE_BINARY, palette);
        for (int x = 0; x < 150; x++) {
            for (int y = 0; y < 300; y++) {
                image.getRaster().setSample(x, y, 0, 1);
            }
        }

        BufferedImage small = decode(thumbnail(png(image)).png());

        assertThat(alpha(small, 20, 20)).isEqualTo(255);
        assertThat(alpha(small, 240, 20)).isZero();
    }

    /** Grey of 8 and of 16 bits, and colours of 16 bits, as the JDK's reader decodes them. */
    @ParameterizedTest
    @CsvSource({"0, 8, 2", "128, 8, 2", "200, 8, 2", "128, 16, 2", "37, 16, 4", "128, 16, 4"})
    void keepsTheValuesOfOtherKinds(int value, int bits, int bands) throws Exception {
        int sample = bits == 8 ? value : 257 * value;
        int opaque = (1 << bits) - 1;
        int[] pixel = bands == 2 ? new int[] {sample, opaque} : new int[] {sample, sample, sample, opaque};
        ColorSpace space = ColorSpace.getInstance(bands == 2 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
        int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
        ComponentColorModel model = new ComponentColorModel(space, true, false, Transparency.TRANSLUCENT, type);
        WritableRaster raster = model.createCompatibleWritableRaster(300, 300);
        for (int y = 0; y < 150; y++) {
            for (int x = 0; x < 300; x++) {
                raster.setPixel(x, y, pixel);
            }
        }

        BufferedImage small = decode(
                thumbnail(png(new BufferedImage(model, raster, false, null))).png());

        assertThat(new Color(small.getRGB(20, 20), true)).isEqualTo(new Color(value, value, value, 255));
        assertThat(alpha(small, 20, 240)).isZero();
    }

    @Test
    void refusesACutOutWithNothingLeft() throws Exception {
        assertImplausible(
                png(filled(256, 256, HIDDEN)),
                "0.00 % of the cut-out's pixels are visible; from 1.00 to 99.00 % must be");
    }

    @Test
    void aHazeCountsAsInvisible() throws Exception {
        assertImplausible(png(filled(256, 256, new Color(200, 60, 40, 100))), "0.00 % of the cut-out's pixels");
    }

    @Test
    void refusesACutOutWithNothingTakenAway() throws Exception {
        assertImplausible(png(filled(256, 256, FUR)), "100.00 % of the cut-out's pixels are visible");
    }

    @Test
    void refusesAPictureWithoutAlpha() throws Exception {
        byte[] opaque = png(TestingCutOut.as(BufferedImage.TYPE_3BYTE_BGR, cat(256, 256)));

        assertImplausible(opaque, "the cut-out has no alpha");
    }

    @Test
    void refusesAnotherFormat() throws Exception {
        byte[] jpeg = TestingCutOut.encode(TestingCutOut.as(BufferedImage.TYPE_3BYTE_BGR, cat(256, 256)), "jpg");

        assertImplausible(jpeg, "the cut-out is a JPEG, not a PNG with alpha");
    }

    @Test
    void refusesBytesThatAreNotAnImage() throws Exception {
        assertImplausible(new byte[0], "the cut-out is not an image");
        assertImplausible("<html>not found</html>".getBytes(UTF_8), "the cut-out is not an image");
    }

    @Test
    void refusesAPictureThatIsTooSmall() throws Exception {
        assertImplausible(png(cat(256, 63)), "the cut-out is 256 x 63 pixels; each side must have at least 64");
    }

    @Test
    void refusesATornPicture() throws Exception {
        byte[] whole = png(cat(256, 256));

        for (int length : new int[] {40, 60, whole.length / 4, whole.length / 2}) {
            assertImplausible(Arrays.copyOf(whole, length), "the cut-out's PNG is damaged");
        }
    }

    @Test
    void refusesADamagedPicture() throws Exception {
        byte[] damaged = png(cat(256, 256));
        Arrays.fill(damaged, 60, 90, (byte) 0x55);

        assertImplausible(damaged, "the cut-out's PNG is damaged");
    }

    @Test
    void refusesAHugeHeaderBeforeItTakesMemory() throws Exception {
        // 16 gigapixels, for which there would be no memory
        assertImplausible(
                withSize(png(cat(64, 64)), 131_072, 131_072),
                "the cut-out claims 131072 x 131072 pixels; at most 1000000 in all are allowed");
        assertImplausible(withSize(png(cat(64, 64)), Integer.MAX_VALUE, Integer.MAX_VALUE), "the cut-out claims");
    }

    @Test
    void refusesAHeaderThatPromisesMoreThanThereIs() throws Exception {
        assertImplausible(withSize(png(cat(64, 64)), 900, 900), "the cut-out's PNG is damaged");
    }

    private static byte[] withSize(byte[] png, int width, int height) {
        ByteBuffer buffer = ByteBuffer.wrap(png.clone());
        buffer.putInt(16, width).putInt(20, height);
        CRC32 crc = new CRC32();
        crc.update(buffer.array(), 12, 17);
        return buffer.putInt(29, (int) crc.getValue()).array();
    }

    private static int alpha(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) >>> 24;
    }

    private static EncodedPng thumbnail(byte[] cutOut) throws InterruptedException {
        return pictures(cutOut, 256).thumbnails().getFirst().picture();
    }

    private static Pictures pictures(byte[] cutOut, Integer... sizes) throws InterruptedException {
        FinishResult finishResult =
                new PictureFinisher(PLAUSIBILITY, List.of(sizes), 1, MEMORY).finish(cutOut, Optional.empty());
        assertThat(finishResult).isInstanceOf(Pictures.class);
        return (Pictures) finishResult;
    }

    private static void assertImplausible(byte[] cutOut, String why) throws InterruptedException {
        assertThat(new PictureFinisher(PLAUSIBILITY, List.of(256), 1, MEMORY).finish(cutOut, Optional.empty()))
                .isInstanceOfSatisfying(
                        Implausible.class,
                        implausible -> assertThat(implausible.why()).startsWith(why));
    }
}
