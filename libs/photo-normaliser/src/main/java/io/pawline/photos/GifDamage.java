package io.pawline.photos;

import java.nio.ByteBuffer;

/**
 * Follows the codes of a GIF's picture (<a href="https://www.w3.org/Graphics/GIF/spec-gif89a.txt">GIF89a, appendix F</a>)
 * without decoding a pixel, and finds out whether they give the picture. A decoder fills what is lost with anything, and
 * reports no error. Used by one thread.
 */
final class GifDamage {

    private static final int MOST_CODES = 4096;
    private static final int LONGEST_CODE = 12;
    private static final int LONGEST_FIRST_CODE = 8;

    private final ByteBuffer blocks;
    private final int[] lengths = new int[MOST_CODES];
    private int at;
    private int endOfBlock;
    private int bits;
    private int count;
    private boolean ended;

    private GifDamage(ByteBuffer blocks) {
        this.blocks = blocks;
    }

    /**
     * The share of the picture that is lost, 0 to 1. It is all if the codes end well, but do not give as many pixels as
     * the picture has: then one of them was changed, and nobody knows which.
     *
     * @param data the picture's data: the size of its first codes, and blocks of which the last one is empty
     * @param pixels of the picture
     */
    static double share(ByteBuffer data, long pixels) {
        ByteBuffer blocks = data.slice();
        int first = Byte.toUnsignedInt(blocks.get(0));
        if (first < 1 || first > LONGEST_FIRST_CODE) {
            return 1;
        }
        GifDamage damage = new GifDamage(blocks.slice(1, blocks.capacity() - 1));
        long good = damage.follow(first);
        return damage.ended && good != pixels ? 1 : Math.max(0, (double) (pixels - good) / pixels);
    }

    /** How many pixels come until the end, or until a code that there cannot be. */
    private long follow(int first) {
        int clear = 1 << first;
        int end = clear + 1;
        for (int code = 0; code < clear; code++) {
            lengths[code] = 1;
        }
        long pixels = 0;
        int size = first + 1;
        int next = end + 1;
        int before = -1;
        while (true) {
            int code = take(size);
            if (code < 0 || code == end) {
                ended = code == end;
                return pixels;
            }
            if (code == clear) {
                size = first + 1;
                next = end + 1;
                before = -1;
                continue;
            }
            boolean known = code < clear || (code > end && code < next);
            if (!known && (code != next || before < 0)) {
                return pixels;
            }
            if (before >= 0 && next < MOST_CODES) {
                lengths[next++] = lengths[before] + 1;
                if (next == 1 << size && size < LONGEST_CODE) {
                    size++;
                }
            }
            pixels += lengths[code];
            before = code;
        }
    }

    /** The next code; -1 if there is none any more. */
    private int take(int size) {
        while (count < size) {
            if (at == endOfBlock) {
                int length = at < blocks.capacity() ? Byte.toUnsignedInt(blocks.get(at)) : 0;
                if (length == 0) {
                    return -1;
                }
                at++;
                endOfBlock = Math.min(at + length, blocks.capacity());
                continue;
            }
            bits |= Byte.toUnsignedInt(blocks.get(at++)) << count;
            count += 8;
        }
        int code = bits & ((1 << size) - 1);
        bits >>>= size;
        count -= size;
        return code;
    }
}
