package io.pawline.simulator.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Names what the file of a picture has besides its pixels, such as Exif, XMP, a comment, or bytes after its end.
 *
 * @param mediaType of the file, by its first bytes
 * @param names as the format calls it, in the order of the file: {@code APP1 Exif}, {@code COM}, {@code tEXt},
 *     {@code EXIF}, {@code after the end}
 */
public record PictureMetadata(String mediaType, List<String> names) {

    private static final String AFTER_THE_END = "after the end";

    private static final Set<String> PIXELS_OF_PNG =
            Set.of("IHDR", "PLTE", "IDAT", "IEND", "tRNS", "sRGB", "gAMA", "cHRM", "iCCP", "pHYs", "sBIT", "bKGD");

    private static final Set<String> PIXELS_OF_WEBP = Set.of("VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP");

    /** Says how the picture has to be decoded, and names nobody. */
    private static final Set<String> PIXELS_OF_JPEG = Set.of("APP0 JFIF", "APP14 Adobe", "APP2 ICC_PROFILE");

    public PictureMetadata {
        names = List.copyOf(names);
    }

    /** The metadata of a JPEG, PNG or WebP; empty for another file, or a broken one. */
    public static Optional<PictureMetadata> of(byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes);
        try {
            if (file.getShort(0) == (short) 0xFFD8) {
                return Optional.of(new PictureMetadata("image/jpeg", ofJpeg(file)));
            }
            if (file.getInt(0) == 0x89504E47) {
                return Optional.of(new PictureMetadata("image/png", ofPng(file)));
            }
            if (text(file, 0, 4).equals("RIFF") && text(file, 8, 4).equals("WEBP")) {
                return Optional.of(new PictureMetadata("image/webp", ofWebp(file.order(ByteOrder.LITTLE_ENDIAN))));
            }
            return Optional.empty();
        } catch (IndexOutOfBoundsException | IllegalArgumentException broken) {
            return Optional.empty();
        }
    }

    private static List<String> ofJpeg(ByteBuffer file) {
        List<String> names = new ArrayList<>();
        int at = 2;
        while (true) {
            int marker = Byte.toUnsignedInt(file.get(at + 1));
            if (file.get(at) != (byte) 0xFF || marker == 0 || (marker >= 0xD0 && marker <= 0xD7)) {
                at++; // within a scan
                continue;
            }
            if (marker == 0xD9) {
                break;
            }
            int length = marker == 0xFF ? -1 : Short.toUnsignedInt(file.getShort(at + 2));
            if (marker >= 0xE0 && marker <= 0xEF) {
                String name = "APP" + (marker - 0xE0) + " " + firstWord(file, at + 4, length - 2);
                if (!PIXELS_OF_JPEG.contains(name)) {
                    names.add(name);
                }
            } else if (marker == 0xFE) {
                names.add("COM");
            }
            at += length < 0 ? 1 : 2 + length;
        }
        if (at + 2 < file.capacity()) {
            names.add(AFTER_THE_END);
        }
        return names;
    }

    private static String firstWord(ByteBuffer file, int at, int most) {
        int end = at;
        while (end < at + most && (Character.isLetterOrDigit(file.get(end)) || file.get(end) == '_')) {
            end++;
        }
        return text(file, at, end - at);
    }

    private static List<String> ofPng(ByteBuffer file) {
        List<String> names = new ArrayList<>();
        int at = 8;
        String type;
        do {
            type = text(file, at + 4, 4);
            if (!PIXELS_OF_PNG.contains(type)) {
                names.add(type);
            }
            at += 12 + file.getInt(at);
        } while (!type.equals("IEND"));
        if (at < file.capacity()) {
            names.add(AFTER_THE_END);
        }
        return names;
    }

    private static List<String> ofWebp(ByteBuffer file) {
        List<String> names = new ArrayList<>();
        int end = 8 + file.getInt(4);
        for (int at = 12; at + 8 <= end; ) {
            String type = text(file, at, 4);
            if (!PIXELS_OF_WEBP.contains(type)) {
                names.add(type);
            }
            int length = file.getInt(at + 4);
            at += 8 + length + (length & 1);
        }
        if (end < file.capacity()) {
            names.add(AFTER_THE_END);
        }
        return names;
    }

    private static String text(ByteBuffer file, int at, int length) {
        byte[] name = new byte[length];
        file.get(at, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
