package io.pawline.photos;

import io.pawline.photos.JpegLayout.Sampling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the segments of a JPEG (<a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, annex B</a>) and keeps
 * those that the pixels need. Metadata goes, and so does what hangs behind the photo: the second picture of an MPO, the
 * gain map of Ultra HDR, the film of a motion photo.
 */
final class JpegFile implements PhotoFile {

    /** More scans than any camera or program writes. Each one costs a pass over all pixels, however short it is. */
    private static final int MOST_SCANS = 100;

    /** More segments than so many scans need. Each of those that are kept takes memory, however short it is. */
    private static final int MOST_SEGMENTS = 1000;

    /** A file of more bytes is packed anew, for a vision model takes no more than 10 MB. */
    private static final int MOST_UNTOUCHED_BYTES = 1024 * 1024;

    private static final int BYTES_PER_COEFFICIENT = 2;

    /** Of a photo with more coefficients in memory at once, only those are kept that the result needs. */
    private static final long MOST_BYTES_OF_COEFFICIENTS = 48L * 1024 * 1024;

    /** For each block of 64 coefficients, a number of 8 bytes says which of them are known. */
    private static final int COEFFICIENTS_PER_BYTE = 8;

    private static final int START = 0xD8;
    private static final int END = 0xD9;
    private static final int HUFFMAN_TABLES = 0xC4;
    private static final int QUANTISATION_TABLES = 0xDB;
    private static final int SCAN = 0xDA;
    private static final int RESTART_INTERVAL = 0xDD;
    private static final int JFIF = 0xE0;
    private static final int EXIF = 0xE1;
    private static final int ICC = 0xE2;
    private static final int ADOBE = 0xEE;

    private static final byte[] JFIF_NAME = "JFIF\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXIF_NAME = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ICC_NAME = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADOBE_NAME = "Adobe".getBytes(StandardCharsets.US_ASCII);

    /** A JFIF header without a thumbnail. It says that the colours are YCbCr. */
    private static final byte[] PLAIN_JFIF = {
        (byte) 0xFF, (byte) JFIF, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };

    private static final int ADOBE_BYTES = 14;

    private final ByteBuffer file;
    private final long maxPixels;
    private final List<ByteBuffer> kept = new ArrayList<>();
    private final Map<Integer, ByteBuffer> profile = new TreeMap<>();
    private @Nullable Frame frame;
    private @Nullable Orientation orientation;
    private boolean hasJfif;
    private int adobeTransform = -1;
    private int scans;
    private int tables;
    private long scanBytes;

    /** The frame header: how the pixels are coded. */
    private record Frame(int process, int precision, JpegLayout layout, boolean hasRgbNames) {

        Size size() {
            return layout.size();
        }

        int components() {
            return layout.samplings().size();
        }
    }

    private JpegFile(ByteBuffer file, long maxPixels) {
        this.file = file.slice();
        this.maxPixels = maxPixels;
    }

    /** @throws PhotoRefusedException if it is not whole, or not within the limits, or of no kind that anybody uses */
    static JpegFile open(ByteBuffer file, long maxPixels) throws PhotoRefusedException {
        JpegFile jpeg = new JpegFile(file, maxPixels);
        try {
            jpeg.read();
        } catch (IndexOutOfBoundsException cutShort) {
            throw PhotoRefusedException.endsEarly();
        } catch (IllegalArgumentException impossible) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        return jpeg;
    }

    private void read() throws PhotoRefusedException {
        keep(0, 2);
        int at = 2;
        while (true) {
            if (unsigned(at) != 0xFF) {
                throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
            }
            while (unsigned(at + 1) == 0xFF) { // any number of fill bytes may come
                at++;
            }
            int marker = unsigned(at + 1);
            if (marker == END) {
                keep(at, 2);
                checkWhatIsThere();
                return;
            }
            if (marker == START || marker == 0) {
                throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
            }
            at = hasLength(marker) ? segment(marker, at) : at + 2;
        }
    }

    private static boolean hasLength(int marker) {
        return marker != 0x01 && (marker < 0xD0 || marker > 0xD7);
    }

    /** Reads a segment, and for a scan what follows it. Returns where the next one begins. */
    private int segment(int marker, int at) throws PhotoRefusedException {
        int length = Short.toUnsignedInt(file.getShort(at + 2));
        int end = at + 2 + length;
        if (length < 2) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        ByteBuffer content = file.slice(at + 4, length - 2);
        switch (marker) {
            case HUFFMAN_TABLES, QUANTISATION_TABLES, RESTART_INTERVAL -> {
                tables |= marker == HUFFMAN_TABLES ? 1 : marker == QUANTISATION_TABLES ? 2 : 0;
                keep(at, end - at);
            }
            case SCAN -> {
                int next = endOfScan(end);
                countScan();
                scanBytes += next - end;
                keep(at, next - at);
                return next;
            }
            case JFIF -> {
                if (begins(content, JFIF_NAME) && !hasJfif) {
                    hasJfif = true;
                    kept.add(ByteBuffer.wrap(PLAIN_JFIF));
                }
            }
            case EXIF -> {
                if (begins(content, EXIF_NAME) && orientation == null) {
                    orientation = Orientation.ofExif(rest(content, EXIF_NAME.length));
                }
            }
            case ICC -> {
                if (begins(content, ICC_NAME) && content.capacity() > ICC_NAME.length + 2) {
                    profile.putIfAbsent(
                            Byte.toUnsignedInt(content.get(ICC_NAME.length)), rest(content, ICC_NAME.length + 2));
                }
            }
            case ADOBE -> {
                if (begins(content, ADOBE_NAME) && content.capacity() >= ADOBE_BYTES - 2 && adobeTransform < 0) {
                    adobeTransform = Byte.toUnsignedInt(content.get(ADOBE_BYTES - 3));
                    kept.add(plainAdobe(content));
                }
            }
            default -> {
                if (isFrame(marker)) {
                    readFrame(marker, content);
                    keep(at, end - at);
                }
            }
        }
        return end;
    }

    private static ByteBuffer plainAdobe(ByteBuffer content) {
        return ByteBuffer.allocate(ADOBE_BYTES + 2)
                .put((byte) 0xFF)
                .put((byte) ADOBE)
                .putShort((short) ADOBE_BYTES)
                .put(content.slice(0, ADOBE_BYTES - 2))
                .flip();
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC8 && marker != 0xCC;
    }

    private void readFrame(int process, ByteBuffer content) throws PhotoRefusedException {
        if (frame != null) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        Size size = new Size(Short.toUnsignedInt(content.getShort(3)), Short.toUnsignedInt(content.getShort(1)));
        int components = Byte.toUnsignedInt(content.get(5));
        Limits.check(size, maxPixels, PhotoFormat.JPEG);
        List<Sampling> samplings = new ArrayList<>();
        StringBuilder names = new StringBuilder();
        for (int component = 0; component < components; component++) {
            names.append((char) content.get(6 + 3 * component));
            samplings.add(Sampling.of(content.get(7 + 3 * component)));
        }
        frame = new Frame(
                process,
                content.get(0),
                new JpegLayout(size, samplings),
                names.toString().equals("RGB"));
    }

    /** The place of the first marker after the scan's data that does not belong to them. */
    private int endOfScan(int begin) {
        int at = begin;
        while (true) {
            at = nextMarker(at);
            int marker = unsigned(at + 1);
            boolean data = marker == 0 || (marker >= 0xD0 && marker <= 0xD7) || marker < 0xC0;
            if (!data && marker != 0xFF) {
                return at;
            }
            at++;
        }
    }

    /** The place of the next byte that is 255, of which most of the data have few. */
    private int nextMarker(int begin) {
        int at = begin;
        while (at + 8 <= file.capacity()) {
            long eight = file.getLong(at);
            if ((~eight - 0x0101010101010101L & eight & 0x8080808080808080L) != 0) {
                break;
            }
            at += 8;
        }
        while (file.get(at) != (byte) 0xFF) {
            at++;
        }
        return at;
    }

    private void countScan() throws PhotoRefusedException {
        if (frame == null) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        if (++scans > MOST_SCANS) {
            throw PhotoRefusedException.notAnImage(
                    "is a JPEG of more than %d scans: save it anew".formatted(MOST_SCANS));
        }
    }

    private void checkWhatIsThere() throws PhotoRefusedException {
        if (frame == null || scans == 0 || tables != 3) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        boolean usual = frame.process <= 0xC2 && frame.precision == 8;
        if (!usual || frame.components() == 2 || frame.components() > 4 || frame.components() < 1) {
            throw PhotoRefusedException.notAnImage(
                    "is a JPEG of a rare kind (lossless, arithmetic, or not of 8 bits): save it as a usual JPEG");
        }
        // Each block of 64 pixels takes a bit at least
        if (scanBytes * 8 < frame.size().pixels() / 64) {
            throw PhotoRefusedException.endsEarly();
        }
    }

    private Frame frame() {
        if (frame == null) {
            throw new IllegalStateException("a JPEG without a frame has been refused");
        }
        return frame;
    }

    @Override
    public Size size() {
        return frame().size();
    }

    @Override
    public Orientation orientation() {
        return orientation == null ? Orientation.UPRIGHT : orientation;
    }

    @Override
    public Optional<IccColours> colours() {
        if (profile.isEmpty()) {
            return Optional.empty();
        }
        int bytes = profile.values().stream().mapToInt(ByteBuffer::remaining).sum();
        if (bytes > IccColours.MOST_BYTES) {
            return Optional.empty();
        }
        ByteBuffer icc = ByteBuffer.allocate(bytes);
        profile.values().forEach(piece -> icc.put(piece.duplicate()));
        return IccColours.of(icc.array(), frame().components());
    }

    @Override
    public Optional<byte[]> untouched(int longestSide) throws PhotoRefusedException {
        int bytes = kept.stream().mapToInt(ByteBuffer::remaining).sum();
        boolean fits = Math.max(size().width(), size().height()) <= longestSide && bytes <= MOST_UNTOUCHED_BYTES;
        if (!fits
                || frame().components() == 4
                || orientation() != Orientation.UPRIGHT
                || colours().isPresent()) {
            return Optional.empty();
        }
        PhotoRefusedException.ifLost(JpegDamage.share(kept), PhotoFormat.JPEG);
        ByteBuffer clean = ByteBuffer.allocate(bytes);
        kept.forEach(piece -> clean.put(piece.duplicate()));
        return Optional.of(clean.array());
    }

    @Override
    public long memory(Size to) {
        if (isReduced(to)) {
            long known = frame().layout.coefficients() / COEFFICIENTS_PER_BYTE;
            return known + ReducedJpeg.memory(frame().layout, ReducedJpeg.scale(size(), to));
        }
        return frame().components() == 4 ? ImageDecoder.memory(size(), 4) : 0;
    }

    @Override
    public long memoryOutside(Size to) {
        return isReduced(to) ? 0 : bytesOfCoefficients();
    }

    /** All coefficients are in memory at once if they come in several scans. */
    private long bytesOfCoefficients() {
        boolean severalScans = scans > 1 || frame().process == 0xC2;
        return severalScans ? frame().layout.coefficients() * BYTES_PER_COEFFICIENT : 0;
    }

    private boolean isReduced(Size to) {
        return bytesOfCoefficients() > MOST_BYTES_OF_COEFFICIENTS && ReducedJpeg.scale(size(), to) < 8;
    }

    @Override
    public Pixels decode(Size to) throws IOException, PhotoRefusedException {
        if (isReduced(to)) {
            return reduced(to, ReducedJpeg.scale(size(), to));
        }
        PhotoRefusedException.ifLost(JpegDamage.share(kept), PhotoFormat.JPEG);
        if (frame().components() == 4) {
            return inks(ImageDecoder.inks(new PieceStream(kept), size(), to));
        }
        return ImageDecoder.jpeg(new PieceStream(kept), size(), to, frame().components());
    }

    /**
     * Decodes to a smaller size.
     *
     * @param scale of 8 samples so many are decoded, 1 to 8
     */
    Pixels reduced(Size to, int scale) throws PhotoRefusedException {
        ReducedJpeg reduced = new ReducedJpeg(frame().layout, scale);
        PhotoRefusedException.ifLost(JpegDamage.share(kept, reduced), PhotoFormat.JPEG);
        Pixels pixels = reduced.picture(to, isYcc());
        return frame().components() == 4 ? inks(pixels) : pixels;
    }

    private boolean isYcc() {
        boolean inAdobes = adobeTransform < 0 ? !frame().hasRgbNames : adobeTransform > 0;
        return frame().components() == 3 && (hasJfif || inAdobes);
    }

    /** The inks as they are meant, of the samples as they are stored. */
    private Pixels inks(Pixels inks) {
        if (adobeTransform == 2) {
            Cmyk.fromYcck(inks.samples());
        }
        if (adobeTransform >= 0) {
            Cmyk.invert(inks.samples());
        }
        return inks;
    }

    private void keep(int at, int length) throws PhotoRefusedException {
        if (kept.size() == MOST_SEGMENTS) {
            throw PhotoRefusedException.notAnImage(
                    "is a JPEG of more than %d segments: save it anew".formatted(MOST_SEGMENTS));
        }
        kept.add(file.slice(at, length));
    }

    private int unsigned(int at) {
        return Byte.toUnsignedInt(file.get(at));
    }

    private static boolean begins(ByteBuffer content, byte[] name) {
        return content.capacity() >= name.length
                && content.slice(0, name.length).equals(ByteBuffer.wrap(name));
    }

    private static ByteBuffer rest(ByteBuffer content, int begin) {
        return content.slice(begin, content.capacity() - begin);
    }
}
