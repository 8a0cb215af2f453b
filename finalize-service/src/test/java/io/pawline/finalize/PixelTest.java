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
}
