package io.pawline.mattingmodel.cutout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.simulator.picture.PetScene;
import io.pawline.simulator.picture.PictureCodec;
import io.pawline.testkit.NotRunHere;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Cuts drawn pets out with the real model, where the build could get it. {@code ./pawline bench matting-model} does so with
 * many more of them.
 */
class CutOutQualityTest {

    private static final int SIDE = 512;
    private static final int PICTURES = 12;
    private static final Normalisation NORMALISATION =
            new Normalisation(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    private byte[] model = {};

    @BeforeEach
    void findTheModel(TestInfo test) {
        Optional<byte[]> packed = ModelFile.packed();
        NotRunHere.unless(
                packed.isPresent(),
                getClass().getSimpleName() + "." + test.getDisplayName(),
                "the build could not get u2netp from npm");
        model = packed.orElseThrow();
    }

    @Test
    void drawnPetsAreCutOutAlongTheirOutlines() {
        List<Double> overlaps = new ArrayList<>();
        try (SaliencyModel saliency = new SaliencyModel(model, NORMALISATION, 320)) {
            BackgroundRemover remover = new BackgroundRemover(saliency);
            for (int picture = 0; picture < PICTURES; picture++) {
                PetScene scene = PetScene.numbered(26 * picture, SIDE);
                byte[] png = remover.cutOut(pixels(PictureCodec.jpeg(scene.picture())));
                overlaps.add(scene.overlap(PictureCodec.decode(png).orElseThrow()));
            }
        }
        Collections.sort(overlaps);
        assertThat(overlaps.get(PICTURES / 2)).as("median of %s", overlaps).isGreaterThanOrEqualTo(0.95);
        assertThat(overlaps.get(PICTURES / 10))
                .as("tenth percentile of %s", overlaps)
                .isGreaterThanOrEqualTo(0.85);
    }

    private static Picture pixels(byte[] jpeg) {
        BufferedImage image = PictureCodec.decode(jpeg).orElseThrow();
        byte[] rgb = new byte[3 * SIDE * SIDE];
        for (int at = 0; at < rgb.length; at++) {
            rgb[at] = (byte) (image.getRGB(at / 3 % SIDE, at / 3 / SIDE) >> (16 - at % 3 * 8));
        }
        return new Picture(SIDE, SIDE, rgb);
    }
}
