package io.pawline.photos;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Lists the formats of photos that Pawline takes. The bytes of a file say which it is, whatever its name says. */
public enum PhotoFormat {
    JPEG("image/jpeg", "image/jpg", "image/pjpeg"),
    PNG("image/png", "image/x-png", "image/apng"),
    WEBP("image/webp"),
    GIF("image/gif"),
    BMP("image/bmp", "image/x-bmp", "image/x-ms-bmp"),
    TIFF("image/tiff", "image/x-tiff"),
    HEIC("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"),
    AVIF("image/avif", "image/avif-sequence");

    /** The formats in words, for messages. */
    public static final String NAMES = "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF";

    private static final Set<String> AVIF_BRANDS = Set.of("avif", "avis");
    private static final Set<String> HEIC_BRANDS =
            Set.of("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1", "miaf");

    private final String mediaType;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that cannot be changed
    private final Set<String> aliases;

    /** @param aliases other media types under which browsers and systems send such files */
    PhotoFormat(String mediaType, String... aliases) {
        this.mediaType = mediaType;
        this.aliases = Set.of(aliases);
    }

    /** Whether a media type, in lower case and without parameters, is that of one of the formats. */
    public static boolean hasMediaType(String name) {
        return Arrays.stream(values())
                .anyMatch(format -> format.mediaType.equals(name) || format.aliases.contains(name));
    }

    public String mediaType() {
        return mediaType;
    }

    /** The format that the first of the remaining bytes are of; empty if they are of none. */
    public static Optional<PhotoFormat> of(ByteBuffer bytes) {
        ByteBuffer head = bytes.slice();
        if (head.remaining() < 16) {
            return Optional.empty();
        }
        int first = head.getInt(0);
        if (first >>> 8 == 0xFFD8FF) {
            return Optional.of(JPEG);
        }
        if (head.getLong(0) == 0x89504E470D0A1A0AL) {
            return Optional.of(PNG);
        }
        if (text(head, 0).equals("RIFF") && text(head, 8).equals("WEBP")) {
            return Optional.of(WEBP);
        }
        if (text(head, 0).equals("GIF8")) {
            return Optional.of(GIF);
        }
        if (first == 0x49492A00 || first == 0x4D4D002A) {
            return Optional.of(TIFF);
        }
        if (text(head, 4).equals("ftyp")) {
            return ofBrands(head);
        }
        return first >>> 16 == 0x424D ? Optional.of(BMP) : Optional.empty();
    }

    /** The brands of an <a href="https://www.iso.org/standard/83102.html">ISO base media file</a> say what is in it. */
    private static Optional<PhotoFormat> ofBrands(ByteBuffer head) {
        int end = (int) Math.min(Integer.toUnsignedLong(head.getInt(0)), head.remaining());
        boolean heic = false;
        for (int at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
            String brand = text(head, at);
            if (AVIF_BRANDS.contains(brand)) {
                return Optional.of(AVIF);
            }
            heic |= HEIC_BRANDS.contains(brand);
        }
        return heic ? Optional.of(HEIC) : Optional.empty();
    }

    private static String text(ByteBuffer head, int at) {
        byte[] name = new byte[4];
        head.get(at, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
