package io.pawline.mattingmodel.cutout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Compares the regions of runs with those that a plain flood finds pixel by pixel. */
class RegionsTest {

    @Property(tries = 500)
    void whatIsEnclosedIsFilledAndNothingElse(
            @ForAll @IntRange(min = 1, max = 12) int width,
            @ForAll @IntRange(min = 1, max = 12) int height,
            @ForAll @IntRange(min = 1, max = 9) int density,
            @ForAll long seed) {
        byte[] mask = random(width * height, density, seed);
        byte[] expected = mask.clone();
        boolean[] open = new boolean[mask.length];
        for (int at = 0; at < mask.length; at++) {
            int x = at % width;
            int y = at / width;
            if (mask[at] == 0 && (x == 0 || y == 0 || x == width - 1 || y == height - 1)) {
                flood(mask, width, at, open, /* corners= */ false);
            }
        }
        for (int at = 0; at < mask.length; at++) {
            expected[at] = (byte) (open[at] ? 0 : 1);
        }

        Regions.fillHoles(mask, width);

        assertThat(mask).isEqualTo(expected);
    }

    @Property(tries = 500)
    void onlyWhatIsConnectedWithTheSubjectStays(
            @ForAll @IntRange(min = 1, max = 12) int width,
            @ForAll @IntRange(min = 1, max = 12) int height,
            @ForAll @IntRange(min = 1, max = 9) int density,
            @ForAll long seed) {
        byte[] mask = random(width * height, density, seed);
        byte[] sure = random(width * height, 1, seed + 1);
        boolean[] connected = new boolean[mask.length];
        for (int at = 0; at < mask.length; at++) {
            if (mask[at] == 1 && sure[at] == 1) {
                flood(mask, width, at, connected, /* corners= */ true);
            }
        }

        Regions.keepConnected(mask, width, at -> sure[at] == 1);

        for (int at = 0; at < mask.length; at++) {
            assertThat(mask[at] == 1).as("pixel %d", at).isEqualTo(connected[at]);
        }
    }

    /** Each pixel is 1 in so many of ten cases. */
    private static byte[] random(int pixels, int density, long seed) {
        Random random = new Random(seed);
        byte[] mask = new byte[pixels];
        for (int at = 0; at < pixels; at++) {
            mask[at] = (byte) (random.nextInt(10) < density ? 1 : 0);
        }
        return mask;
    }

    private static void flood(byte[] mask, int width, int start, boolean[] reached, boolean corners) {
        Deque<Integer> next = new ArrayDeque<>();
        next.push(start);
        while (!next.isEmpty()) {
            int at = next.pop();
            if (reached[at]) {
                continue;
            }
            reached[at] = true;
            for (int down = -1; down <= 1; down++) {
                for (int right = -1; right <= 1; right++) {
                    int x = at % width + right;
                    int y = at / width + down;
                    boolean neighbour = corners || Math.abs(down) + Math.abs(right) == 1;
                    if (neighbour && x >= 0 && x < width && y >= 0 && y < mask.length / width) {
                        int other = y * width + x;
                        if (mask[other] == mask[start] && !reached[other]) {
                            next.push(other);
                        }
                    }
                }
            }
        }
    }
}
