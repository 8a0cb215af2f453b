package io.pawline.simulator.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.simulator.picture.PetScene.Backdrop;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PetSceneTest {

    @Test
    void theTruthOverlapsWithItselfAndNothingWithNothing() {
        PetScene scene = PetScene.draw("a grey cat, cartoon", 1, 128, Backdrop.PLAIN);
        BufferedImage nothing = new BufferedImage(128, 128, BufferedImage.TYPE_INT_ARGB);
        BufferedImage everything = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);

        assertThat(scene.overlap(scene.pet())).isEqualTo(1);
        assertThat(scene.overlap(nothing)).isZero();
        assertThat(scene.overlap(everything)).isBetween(0.2, 0.7);
    }

    @Test
    void eachKindOfBackgroundHasItsColours() {
        assertThat(coloursOfTheLeft(Backdrop.PLAIN)).isEqualTo(1);
        assertThat(coloursOfTheLeft(Backdrop.GRADED)).isGreaterThan(4);
        assertThat(coloursOfTheLeft(Backdrop.TEXTURED)).isGreaterThan(2);
    }

    @Test
    void manyScenesAreOfAllKinds() {
        Set<Backdrop> backdrops = new HashSet<>();
        Set<Integer> pictures = new HashSet<>();
        for (int number = 0; number < 60; number += 7) {
            PetScene scene = PetScene.numbered(number, 64);
            backdrops.add(scene.backdrop());
            pictures.add(Arrays.hashCode(PetPicture.pixels(scene.picture())));
        }
        assertThat(backdrops).containsExactlyInAnyOrder(Backdrop.values());
        assertThat(pictures).hasSize(9);
    }

    /** The number of colours in the leftmost column, which no pet reaches. */
    private static int coloursOfTheLeft(Backdrop backdrop) {
        PetScene scene = PetScene.draw("a grey cat, pastel", 1, 128, backdrop);
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < 128; y++) {
            assertThat(scene.isPet(0, y)).isFalse();
            colours.add(scene.picture().getRGB(0, y));
        }
        return colours.size();
    }
}
