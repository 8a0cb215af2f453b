package io.pawline.finalize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PixelTest {

    @Test
    void theFirstByteIsTheHighest() {
        byte[] bytes = {9, 1, 2, 3, (byte) 0xFF};
        assertThat(Pixel.get(bytes, 1)).isEqualTo(0x010203FF);
        Pixel.put(bytes, 1, 0x80000001);
        assertThat(bytes).containsExactly(9, 0x80, 0, 0, 1);
    }

    @Test
    void subtractsEachByteByItself() {
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                int less = Pixel.less(a << 24 | b << 16 | a << 8 | b, b << 24 | a << 16 | a << 8 | b);
                assertThat(less).isEqualTo((a - b & 0xFF) << 24 | (b - a & 0xFF) << 16);
            }
        }
    }

    @Test
    void addsEachByteByItself() {
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                int one = a << 24 | b << 16 | 255 << 8 | a;
                int other = b << 24 | a << 16 | a << 8 | b;
                int sum = (a + b & 0xFF) << 24 | (a + b & 0xFF) << 16 | (255 + a & 0xFF) << 8 | (a + b & 0xFF);
                assertThat(Pixel.plus(one, other)).isEqualTo(sum);
                assertThat(Pixel.plus((long) one << 32, (long) other << 32)).isEqualTo((long) sum << 32);
                assertThat(Pixel.plus(one & 0xFFFF_FFFFL, other & 0xFFFF_FFFFL)).isEqualTo(sum & 0xFFFF_FFFFL);
            }
        }
    }

    @Test
    void theMeanOfEachByteIsRoundedDown() {
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                int one = a << 24 | b << 16 | 255 << 8 | a;
                int other = b << 24 | a << 16 | a << 8 | b;
                int half = (a + b) / 2;
                int mean = (half << 24) | (half << 16) | (((255 + a) / 2) << 8) | half;
                assertThat(Pixel.mean(one, other)).isEqualTo(mean);
            }
        }
    }

    @Test
    void twoPixelsAreReadAndWrittenAtOnce() {
        byte[] bytes = {9, 1, 2, 3, 4, 5, 6, 7, (byte) 0xFF};
        assertThat(Pixel.getTwo(bytes, 1)).isEqualTo(0x01020304050607FFL);
        Pixel.putTwo(bytes, 1, 0x8000000000000001L);
        assertThat(bytes).containsExactly(9, 0x80, 0, 0, 0, 0, 0, 0, 1);
    }
}
