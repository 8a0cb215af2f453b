package io.pawline.photos;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunks of a WebP (<a href="https://www.rfc-editor.org/rfc/rfc9649">RFC 9649</a>), and keeps its first
 * picture.
 */
final class WebpFile implements PhotoFile {

    private static final int HEADER_BYTES = 12;
    private static final int CHUNK_HEADER_BYTES = 8;
    private static final int FRAME_HEADER_BYTES = 16;
    private static final byte[] EXIF_NAME = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer file;
    private final long maxPixels;
    private Size size = new Size(0, 0);
    private Orientation orientation = Orientation.UPRIGHT;
    private byte @Nullable [] profile;
    private @Nullable ByteBuffer alpha;
    private @Nullable ByteBuffer picture;
    private boolean lossless;

    private WebpFile(ByteBuffer file, long maxPixels) {
        this.file = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.maxPixels = maxPixels;
    }

    /** @throws PhotoRefusedException if it is not whole, or not within the limits */
    static WebpFile open(ByteBuffer file, long maxPixels) throws PhotoRefusedException {
        WebpFile webp = new WebpFile(file, maxPixels);
        try {
            long end = CHUNK_HEADER_BYTES + Integer.toUnsignedLong(webp.file.getInt(4));
            if (end > webp.file.capacity()) {
                throw PhotoRefusedException.endsEarly();
            }
            webp.read(HEADER_BYTES, (int) end, false);
        } catch (IndexOutOfBoundsException broken) {
            throw PhotoRefusedException.damaged(PhotoFormat.WEBP);
        }
        if (webp.picture == null) {
            throw PhotoRefusedException.damaged(PhotoFormat.WEBP);
        }
        return webp;
    }

    private void read(int begin, int end, boolean inFrame) throws PhotoRefusedException {
        for (int at = begin; at + CHUNK_HEADER_BYTES <= end; ) {
            long length = Integer.toUnsignedLong(file.getInt(at + 4));
            long next = at + CHUNK_HEADER_BYTES + length + (length & 1);
            if (next - (length & 1) > end) {
                throw PhotoRefusedException.damaged(PhotoFormat.WEBP);
            }
            chunk(name(at), at, (int) length, inFrame);
            at = (int) next;
        }
    }

    private void chunk(String name, int at, int length, boolean inFrame) throws PhotoRefusedException {
        int content = at + CHUNK_HEADER_BYTES;
        switch (name) {
            case "VP8 ", "VP8L" -> {
                if (picture == null) {
                    lossless = name.equals("VP8L");
                    size = lossless ? losslessSize(content) : lossySize(content);
                    Limits.check(size, maxPixels, PhotoFormat.WEBP);
                    picture = chunkOf(at, length);
                }
            }
            case "ALPH" -> {
                if (picture == null) {
                    alpha = chunkOf(at, length);
                }
            }
            case "ANMF" -> {
                if (picture == null && !inFrame) {
                    read(content + FRAME_HEADER_BYTES, content + length, true);
                }
            }
            case "ICCP" -> {
                if (profile == null && length <= IccColours.MOST_BYTES) {
                    profile = new byte[length];
                    file.get(content, profile);
                }
            }
            case "EXIF" -> {
                ByteBuffer exif = file.slice(content, length);
                boolean named = length > EXIF_NAME.length
                        && exif.slice(0, EXIF_NAME.length).equals(ByteBuffer.wrap(EXIF_NAME));
                orientation =
                        Orientation.ofExif(named ? exif.slice(EXIF_NAME.length, length - EXIF_NAME.length) : exif);
            }
            default -> {} // other metadata
        }
    }

    /** <a href="https://www.rfc-editor.org/rfc/rfc6386#section-9.1">RFC 6386, 9.1</a>. */
    private Size lossySize(int at) throws PhotoRefusedException {
        boolean keyFrame = (file.get(at) & 1) == 0;
        if (!keyFrame || (file.getInt(at + 3) & 0xFFFFFF) != 0x2A019D) {
            throw PhotoRefusedException.damaged(PhotoFormat.WEBP);
        }
        return new Size(file.getShort(at + 6) & 0x3FFF, file.getShort(at + 8) & 0x3FFF);
    }

    private Size losslessSize(int at) throws PhotoRefusedException {
        if (file.get(at) != 0x2F) {
            throw PhotoRefusedException.damaged(PhotoFormat.WEBP);
        }
        int bits = file.getInt(at + 1);
        return new Size(1 + (bits & 0x3FFF), 1 + (bits >>> 14 & 0x3FFF));
    }

    private ByteBuffer chunkOf(int at, int length) {
        int padded = Math.min(CHUNK_HEADER_BYTES + length + (length & 1), file.capacity() - at);
        return file.slice(at, padded);
    }

    private String name(int at) {
        byte[] name = new byte[4];
        file.get(at, name);
        return new String(name, StandardCharsets.ISO_8859_1);
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
        return profile == null ? Optional.empty() : IccColours.of(profile, 3);
    }

    /** What is packed without loss is unpacked as a whole, and so is the transparency. */
    @Override
    public long memory(Size to) {
        return ImageDecoder.memory(size, 4) + (lossless || alpha != null ? 8 : 1) * size.pixels();
    }

    @Override
    public Pixels decode(Size to) throws IOException {
        return ImageDecoder.first(
                new WebPImageReaderSpi().createReaderInstance(null), new PieceStream(still()), size, to, 4);
    }

    /** A file of the first picture alone. */
    private List<ByteBuffer> still() {
        ByteBuffer head = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
        List<ByteBuffer> pieces = new ArrayList<>();
        pieces.add(head);
        int length = 4;
        if (alpha != null && !lossless) {
            pieces.add(alpha);
            length += 18 + alpha.remaining();
        }
        ByteBuffer pixels = Objects.requireNonNull(picture);
        pieces.add(pixels);
        length += pixels.remaining();
        head.put(ascii("RIFF")).putInt(length).put(ascii("WEBP"));
        if (pieces.size() == 3) {
            head.put(ascii("VP8X")).putInt(10).putInt(0x10);
            putUint24(head, size.width() - 1);
            putUint24(head, size.height() - 1);
        }
        head.flip();
        return pieces;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void putUint24(ByteBuffer into, int value) {
        into.putShort((short) value).put((byte) (value >> 16));
    }
}
