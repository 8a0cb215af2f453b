package io.pawline.photos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the blocks of a GIF (<a href="https://www.w3.org/Graphics/GIF/spec-gif89a.txt">GIF89a</a>), and keeps its first
 * picture.
 */
final class GifFile implements PhotoFile {

    private static final int HEADER_BYTES = 13;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xF9;
    private static final int PICTURE = 0x2C;
    private static final int END = 0x3B;

    private final ByteBuffer file;
    private final List<ByteBuffer> kept = new ArrayList<>();
    private Size size = new Size(0, 0);
    private int data;
    private int endOfData;

    private GifFile(ByteBuffer file) {
        this.file = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws PhotoRefusedException if it is not whole, or not within the limits */
    static GifFile open(ByteBuffer file, long maxPixels) throws PhotoRefusedException {
        GifFile gif = new GifFile(file);
        try {
            gif.read(maxPixels);
        } catch (IndexOutOfBoundsException cutShort) {
            throw PhotoRefusedException.endsEarly();
        }
        return gif;
    }

    private void read(long maxPixels) throws PhotoRefusedException {
        int at = HEADER_BYTES + coloursBytes(file.get(10));
        kept.add(file.slice(0, at));
        ByteBuffer control = file.slice(0, 0);
        boolean hasPicture = false;
        while (true) {
            int begin = at;
            switch (Byte.toUnsignedInt(file.get(at))) {
                case EXTENSION -> {
                    at = endOfBlocks(at + 2);
                    if (Byte.toUnsignedInt(file.get(begin + 1)) == GRAPHIC_CONTROL) {
                        control = file.slice(begin, at - begin);
                    }
                }
                case PICTURE -> {
                    int codes = at + 10 + coloursBytes(file.get(at + 9));
                    at = endOfBlocks(codes + 1);
                    if (!hasPicture) {
                        data = codes;
                        endOfData = at;
                        size = new Size(unsigned(begin + 5), unsigned(begin + 7));
                        Limits.check(size, maxPixels, PhotoFormat.GIF);
                        kept.add(control);
                        kept.add(file.slice(begin, at - begin));
                        hasPicture = true;
                    }
                }
                case END -> {
                    if (!hasPicture) {
                        throw PhotoRefusedException.damaged(PhotoFormat.GIF);
                    }
                    kept.add(file.slice(at, 1));
                    return;
                }
                default -> throw PhotoRefusedException.damaged(PhotoFormat.GIF);
            }
        }
    }

    private static int coloursBytes(byte flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    /** The place after the blocks that begin here, of which the last one is empty. */
    private int endOfBlocks(int begin) {
        int at = begin;
        while (file.get(at) != 0) {
            at += 1 + Byte.toUnsignedInt(file.get(at));
        }
        return at + 1;
    }

    private int unsigned(int at) {
        return Short.toUnsignedInt(file.getShort(at));
    }

    @Override
    public Size size() {
        return size;
    }

    @Override
    public long memory(Size to) {
        return ImageDecoder.memory(size, 1);
    }

    @Override
    public Pixels decode(Size to) throws IOException, PhotoRefusedException {
        PhotoRefusedException.ifLost(
                GifDamage.share(file.slice(data, endOfData - data), size.pixels()), PhotoFormat.GIF);
        return ImageDecoder.first(ImageDecoder.readerOfTheJdk("gif"), new PieceStream(kept), size, to, 1);
    }
}
