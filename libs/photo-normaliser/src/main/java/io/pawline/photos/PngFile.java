package io.pawline.photos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunks of a PNG (<a href="https://www.w3.org/TR/png-3/">PNG, third edition</a>), and keeps those that the
 * pixels need. Of an animated one that is its first picture. What follows the last chunk goes.
 */
final class PngFile implements PhotoFile {

    private static final int SIGNATURE_BYTES = 8;
    private static final int HEADER = 0x49484452; // IHDR
    private static final int PALETTE = 0x504C5445; // PLTE
    private static final int TRANSPARENCY = 0x74524E53; // tRNS
    private static final int DATA = 0x49444154; // IDAT
    private static final int END = 0x49454E44; // IEND
    private static final int PROFILE = 0x69434350; // iCCP
    private static final int SRGB = 0x73524742; // sRGB
    private static final int EXIF = 0x65584966; // eXIf
    private static final int FRAME = 12; // length, type, checksum

    private static final int MOST_COLOURS = 256;

    /** Of what is kept. Encoders write the data in one piece, or in pieces of 8 KB: 2,500 for a file of 20 MB. */
    private static final int MOST_PIECES = 20_000;

    private final ByteBuffer file;
    private final long maxPixels;
    private final List<ByteBuffer> kept = new ArrayList<>();
    private int endOfKept = SIGNATURE_BYTES;
    private int pieces;
    private Size size = new Size(0, 0);
    private int bits;
    private int colourType;
    private Orientation orientation = Orientation.UPRIGHT;
    private byte @Nullable [] profile;
    private boolean hasProfile;
    private boolean isSrgb;
    private boolean hasData;

    private PngFile(ByteBuffer file, long maxPixels) {
        this.file = file.slice();
        this.maxPixels = maxPixels;
    }

    /** @throws PhotoRefusedException if it is not whole, or not within the limits */
    static PngFile open(ByteBuffer file, long maxPixels) throws PhotoRefusedException {
        PngFile png = new PngFile(file, maxPixels);
        try {
            png.read();
        } catch (IndexOutOfBoundsException cutShort) {
            throw PhotoRefusedException.endsEarly();
        }
        return png;
    }

    private void read() throws PhotoRefusedException {
        kept.add(file.slice(0, SIGNATURE_BYTES));
        int at = SIGNATURE_BYTES;
        while (true) {
            int length = file.getInt(at);
            int type = file.getInt(at + 4);
            if (length < 0 || at == SIGNATURE_BYTES != (type == HEADER)) {
                throw PhotoRefusedException.damaged(PhotoFormat.PNG);
            }
            if (length > file.capacity() - at - FRAME) {
                throw PhotoRefusedException.endsEarly();
            }
            chunk(type, file.slice(at + 8, length), at, length + FRAME);
            if (type == END) {
                break;
            }
            at += length + FRAME;
        }
        if (!hasData) {
            throw PhotoRefusedException.damaged(PhotoFormat.PNG);
        }
    }

    private void chunk(int type, ByteBuffer content, int at, int length) throws PhotoRefusedException {
        switch (type) {
            case HEADER -> {
                readHeader(content);
                keep(at, length);
            }
            case PALETTE, TRANSPARENCY -> {
                if (content.capacity() > 3 * MOST_COLOURS) {
                    throw PhotoRefusedException.damaged(PhotoFormat.PNG);
                }
                keep(at, length);
            }
            case END -> keep(at, length);
            case DATA -> {
                hasData = true;
                keep(at, length);
            }
            case PROFILE -> {
                if (!hasProfile) {
                    hasProfile = true;
                    profile = inflate(content);
                }
            }
            case SRGB -> isSrgb = true;
            case EXIF -> orientation = Orientation.ofExif(content);
            default -> {} // metadata, or a further picture of an animation
        }
    }

    private void readHeader(ByteBuffer header) throws PhotoRefusedException {
        size = new Size(header.getInt(0), header.getInt(4));
        bits = header.get(8);
        colourType = header.get(9);
        Limits.check(size, maxPixels, PhotoFormat.PNG);
        boolean known = colourType >= 0 && colourType <= 6 && colourType != 1 && colourType != 5;
        if (!known || Integer.bitCount(bits) != 1 || bits > 16 || bits < 1) {
            throw PhotoRefusedException.damaged(PhotoFormat.PNG);
        }
    }

    private void keep(int at, int length) throws PhotoRefusedException {
        ByteBuffer chunk = file.slice(at, length);
        CRC32 checksum = new CRC32();
        int checked = chunk.capacity() - 8;
        checksum.update(chunk.slice(4, checked));
        if ((int) checksum.getValue() != chunk.getInt(4 + checked)) {
            throw PhotoRefusedException.damaged(PhotoFormat.PNG);
        }
        if (at == endOfKept) {
            int begin = endOfKept - kept.removeLast().capacity();
            kept.add(file.slice(begin, at + length - begin));
        } else {
            kept.add(chunk);
        }
        endOfKept = at + length;
        if (++pieces > MOST_PIECES) {
            throw PhotoRefusedException.notAnImage("is a PNG whose data are in too many pieces: save it anew");
        }
    }

    /** The profile after its name; null if it is broken or too long. */
    private static byte @Nullable [] inflate(ByteBuffer content) {
        int begin = 0;
        while (begin < content.capacity() && content.get(begin) != 0) {
            begin++;
        }
        if (begin + 2 >= content.capacity()) {
            return null;
        }
        ByteArrayOutputStream inflated = new ByteArrayOutputStream();
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(content.slice(begin + 2, content.capacity() - begin - 2));
            byte[] part = new byte[8192];
            while (!inflater.finished()) {
                int count = inflater.inflate(part);
                inflated.write(part, 0, count);
                if (count == 0 || inflated.size() > IccColours.MOST_BYTES) {
                    return null;
                }
            }
        } catch (DataFormatException broken) {
            return null;
        }
        return inflated.toByteArray();
    }

    @Override
    public Size size() {
        return size;
    }

    @Override
    public Orientation orientation() {
        return orientation;
    }

    @Override
    public Optional<IccColours> colours() {
        boolean grey = colourType == 0 || colourType == 4;
        return isSrgb || profile == null ? Optional.empty() : IccColours.of(profile, grey ? 1 : 3);
    }

    @Override
    public long memory(Size to) {
        return ImageDecoder.memory(size, bytesPerPixel());
    }

    private int bytesPerPixel() {
        int samples = switch (colourType) {
            case 0, 3 -> 1;
            case 4 -> 2;
            case 2 -> 3;
            default -> 4;
        };
        // A decoder may add a sample for the transparency
        return (samples + 1) * (bits == 16 ? 2 : 1);
    }

    @Override
    public Pixels decode(Size to) throws IOException {
        return ImageDecoder.first(ImageDecoder.readerOfTheJdk("png"), new PieceStream(kept), size, to, bytesPerPixel());
    }
}
