package io.pawline.photos;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Says how the stored pixels of a photo lie, as the
 * <a href="https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E">tag Orientation of Exif</a> does.
 */
enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    UPSIDE_DOWN(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    NEEDS_RIGHT_TURN(true, false, true),
    TRANSVERSED(true, true, true),
    NEEDS_LEFT_TURN(true, true, false);

    private static final int TAG = 0x0112;
    private static final int MOST_ENTRIES = 1000;

    /** Whether rows become columns. */
    private final boolean swapsSides;
    /** Whether a stored row is read from its right end. */
    private final boolean fromRight;
    /** Whether the stored rows are read from the last one. */
    private final boolean fromBottom;

    Orientation(boolean swapsSides, boolean fromRight, boolean fromBottom) {
        this.swapsSides = swapsSides;
        this.fromRight = fromRight;
        this.fromBottom = fromBottom;
    }

    /** The orientation of this number of Exif. It is upright if there is no such number, as viewers take it. */
    static Orientation of(int number) {
        return number >= 1 && number <= 8 ? values()[number - 1] : UPRIGHT;
    }

    /** Reads the orientation from the TIFF structure of an Exif block. Upright if the block does not say. */
    static Orientation ofExif(ByteBuffer block) {
        ByteBuffer exif = block.slice();
        if (exif.remaining() < 14) {
            return UPRIGHT;
        }
        int mark = exif.getInt(0);
        if (mark != 0x49492A00 && mark != 0x4D4D002A) {
            return UPRIGHT;
        }
        exif.order(mark == 0x49492A00 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int at = exif.getInt(4);
        if (at < 8 || at > exif.limit() - 2) {
            return UPRIGHT;
        }
        int entries = Math.min(Short.toUnsignedInt(exif.getShort(at)), MOST_ENTRIES);
        at += 2;
        for (int entry = 0; entry < entries && at <= exif.limit() - 12; entry++, at += 12) {
            if (Short.toUnsignedInt(exif.getShort(at)) == TAG) {
                boolean isShort = exif.getShort(at + 2) == 3;
                return of(isShort ? Short.toUnsignedInt(exif.getShort(at + 8)) : exif.getInt(at + 8));
            }
        }
        return UPRIGHT;
    }

    /** Turns stored pixels so that the photo is upright. */
    Pixels turn(Pixels stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int width = swapsSides ? stored.height() : stored.width();
        int height = swapsSides ? stored.width() : stored.height();
        int bands = stored.bands();
        byte[] from = stored.samples();
        byte[] to = new byte[from.length];
        int target = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int column = swapsSides ? y : x;
                int row = swapsSides ? x : y;
                int source = (fromBottom ? stored.height() - 1 - row : row) * stored.width()
                        + (fromRight ? stored.width() - 1 - column : column);
                for (int band = 0; band < bands; band++) {
                    to[target++] = from[source * bands + band];
                }
            }
        }
        return new Pixels(width, height, bands, to);
    }
}
