package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the boxes of a HEIC or AVIF (<a href="https://www.iso.org/standard/83650.html">ISO/IEC 23008-12</a>), and makes a
 * copy in which all that is not for the pixels is zero: Exif, XMP, a film, and boxes of makers.
 */
final class HeifFile {

    private static final int FTYP = 0x66747970;
    private static final int META = 0x6D657461;
    private static final int MDAT = 0x6D646174;
    private static final int FREE = 0x66726565;
    private static final int IINF = 0x69696E66;
    private static final int INFE = 0x696E6665;
    private static final int ILOC = 0x696C6F63;
    private static final int IDAT = 0x69646174;
    private static final int IPRP = 0x69707270;
    private static final int IPCO = 0x6970636F;
    private static final int ISPE = 0x69737065;
    private static final int HVCC = 0x68766343;
    private static final int HVC1 = 0x68766331;
    private static final int AV01 = 0x61763031;
    private static final int NONE = 0x6E6F6E65;
    private static final int PITM = 0x7069746D;
    private static final int IREF = 0x69726566;
    private static final int DIMG = 0x64696D67;
    private static final int THMB = 0x74686D62;
    /** The brands of sequences: {@code avis}, {@code hevc}, {@code hevx}, {@code msf1}, and those of still pictures. */
    private static final Map<Integer, Integer> STILL_BRANDS =
            Map.of(0x61766973, 0x61766966, 0x68657663, 0x68656963, 0x68657678, 0x68656978, 0x6D736631, 0x6D696631);

    private static final Set<Integer> METADATA_ITEMS = Set.of(0x45786966, 0x6D696D65, 0x75726920); // Exif, mime, uri

    /** What says that a picture of the file is the transparency of another. */
    private static final List<String> TRANSPARENCY = List.of("cicp:systems:auxiliary:alpha", "hevc:2015:auxid:1");

    /** More than the descriptions of thousands of tiles take. What they describe is not among them. */
    private static final int MOST_META_BYTES = 4 * 1024 * 1024;

    private static final int MOST_ITEMS = 10_000;

    private final PhotoFormat format;
    private final ByteBuffer file;
    private final long maxPixels;
    /** Whether what is not for the pixels is made zero in the file. */
    private final boolean blanks;

    private final Set<Long> metadata = new HashSet<>();
    /** The pictures, by their numbers. */
    private final Map<Long, CodedPicture> pictures = new HashMap<>();
    /** What the main picture is put together from: its tiles. */
    private final Set<Long> parts = new HashSet<>();

    private long main = -1;
    /** Where the number of the main picture stands, and in how many bytes. */
    private int mainAt;

    private int mainBytes;
    private int flagsOfMain;
    private long thumbnail = -1;
    /** Where the reference from the thumbnail to the main picture has its type. */
    private int referenceOfThumbnail;

    private int unitLengthBytes = 4;
    private Size size = new Size(0, 0);
    private int end;
    private int metaBegin;
    private int metaEnd;
    private int idat = -1;
    private long looked;

    private HeifFile(ByteBuffer file, PhotoFormat format, long maxPixels, boolean blanks) {
        this.file = file;
        this.format = format;
        this.maxPixels = maxPixels;
        this.blanks = blanks;
    }

    /** @throws PhotoRefusedException if it is not whole, or not within the limits */
    static HeifFile open(ByteBuffer bytes, PhotoFormat format, long maxPixels) throws PhotoRefusedException {
        return read(new HeifFile(bytes.slice(), format, maxPixels, false));
    }

    private static HeifFile read(HeifFile heif) throws PhotoRefusedException {
        try {
            heif.read();
        } catch (IndexOutOfBoundsException cutShort) {
            throw PhotoRefusedException.endsEarly();
        }
        return heif;
    }

    /** Takes a box: its type, where it begins, and where its content begins and ends. */
    private interface Visitor {
        void visit(int type, int box, int begin, int end) throws PhotoRefusedException;
    }

    /** Visits the boxes between these places. Returns where the last one ends. */
    private int boxes(int begin, int limit, Visitor visitor) throws PhotoRefusedException {
        int at = begin;
        while (at + 8 <= limit) {
            long length = Integer.toUnsignedLong(file.getInt(at));
            int type = file.getInt(at + 4);
            int header = 8;
            if (length == 1) {
                length = file.getLong(at + 8);
                header = 16;
            } else if (length == 0) {
                length = (long) limit - at;
            }
            if (!isName(type)) {
                return at; // what some phones put behind the last box
            }
            if (length < header) {
                throw PhotoRefusedException.damaged(format);
            }
            if (length > limit - at) {
                throw PhotoRefusedException.endsEarly();
            }
            visitor.visit(type, at, at + header, at + (int) length);
            at += (int) length;
        }
        return at;
    }

    private static boolean isName(int type) {
        for (int shift = 0; shift < 32; shift += 8) {
            int letter = type >> shift & 0xFF;
            if (letter < ' ' || letter > '~') {
                return false;
            }
        }
        return true;
    }

    private void read() throws PhotoRefusedException {
        end = boxes(0, file.capacity(), this::topBox);
        if (metaEnd == 0) {
            throw PhotoRefusedException.notAnImage("has no still picture (%s): save it as a JPEG".formatted(format));
        }
        if (metaEnd - metaBegin > MOST_META_BYTES) {
            throw rare();
        }
        int[] places = new int[2];
        // The boxes may be in any order, and items are read by what these say
        boxes(metaBegin + 4, metaEnd, (type, _, from, to) -> {
            switch (type) {
                case PITM -> {
                    mainAt = from + 4;
                    mainBytes = file.get(from) == 0 ? 2 : 4;
                    main = uint(mainAt, mainBytes);
                }
                case IPRP -> boxes(from, to, this::properties);
                default -> {}
            }
        });
        boxes(metaBegin + 4, metaEnd, (type, _, from, to) -> {
            switch (type) {
                case IREF -> readReferences(from, to);
                case IINF -> readItems(from, to);
                case ILOC -> {
                    places[0] = from;
                    places[1] = to;
                }
                case IDAT -> idat = from;
                default -> {}
            }
        });
        Limits.check(size, maxPixels, format);
        if (places[1] == 0) {
            throw PhotoRefusedException.damaged(format);
        }
        readPlaces(places[0]);
    }

    private PhotoRefusedException rare() {
        return PhotoRefusedException.notAnImage("is a %s of a rare kind: save it as a JPEG".formatted(format));
    }

    private void topBox(int type, int box, int from, int to) {
        if (type == META && metaEnd == 0) {
            metaBegin = from;
            metaEnd = to;
        } else if (blanks && type == FTYP) {
            asStillPicture(from, to);
        } else if (blanks && type != MDAT) {
            file.putInt(box + 4, FREE);
            blank(from, to);
        }
    }

    private void blank(int from, int to) {
        for (int at = from; at < to; at++) {
            file.put(at, (byte) 0);
        }
    }

    /** A file of a sequence of pictures also has a still one, which decoders take if the file says so. */
    private void asStillPicture(int from, int to) {
        for (int at = from; at + 4 <= to; at += at == from ? 8 : 4) { // behind the first brand is its version
            int still = STILL_BRANDS.getOrDefault(file.getInt(at), file.getInt(at));
            file.putInt(at, still);
        }
    }

    private void properties(int type, int box, int from, int to) throws PhotoRefusedException {
        if (type == IPCO) {
            boxes(from, to, (property, _, begin, _) -> {
                if (property == HVCC) {
                    unitLengthBytes = (file.get(begin + 21) & 3) + 1;
                }
                if (property == ISPE) {
                    Size other = new Size(file.getInt(begin + 4), file.getInt(begin + 8));
                    if (other.width() < 1 || other.height() < 1) {
                        throw PhotoRefusedException.damaged(format);
                    }
                    // The largest: tiles and thumbnails have their own
                    size = other.pixels() > size.pixels() ? other : size;
                }
            });
        }
    }

    private void readItems(int from, int to) throws PhotoRefusedException {
        int header = file.get(from) == 0 ? 6 : 8;
        boxes(from + header, to, (type, _, begin, _) -> {
            int version = file.get(begin);
            if (type != INFE || version < 2) {
                return;
            }
            long item = version == 2 ? uint(begin + 4, 2) : uint(begin + 4, 4);
            int kind = file.getInt(begin + (version == 2 ? 8 : 10));
            if (METADATA_ITEMS.contains(kind)) {
                metadata.add(item);
            } else if (kind == HVC1) {
                pictures.put(item, CodedPicture.inHevc(unitLengthBytes));
            } else if (kind == AV01) {
                pictures.put(item, CodedPicture.inAv1());
            }
            if (item == main) {
                flagsOfMain = begin + 3;
            }
            if (metadata.size() + pictures.size() > MOST_ITEMS) {
                throw rare();
            }
        });
    }

    /** Reads which items the main picture is put together from, and which is its thumbnail. */
    private void readReferences(int from, int to) throws PhotoRefusedException {
        int idBytes = file.get(from) == 0 ? 2 : 4;
        boxes(from + 4, to, (type, box, begin, endOfBox) -> {
            if (type == DIMG && uint(begin, idBytes) == main) {
                int count = Short.toUnsignedInt(file.getShort(begin + idBytes));
                if (begin + idBytes + 2 + count * idBytes > endOfBox) {
                    throw PhotoRefusedException.damaged(format);
                }
                for (int part = 0; part < count; part++) {
                    parts.add(uint(begin + idBytes + 2 + part * idBytes, idBytes));
                }
                if (parts.size() > MOST_ITEMS) {
                    throw rare();
                }
            } else if (type == THMB && uint(begin + idBytes + 2, idBytes) == main) {
                thumbnail = uint(begin, idBytes);
                referenceOfThumbnail = box + 4;
            }
        });
    }

    /** Checks that all items lie within the file, and makes those zero that are metadata. */
    private void readPlaces(int begin) throws PhotoRefusedException {
        int version = file.get(begin);
        int sizes = Short.toUnsignedInt(file.getShort(begin + 4));
        int offsetBytes = sizes >> 12;
        int lengthBytes = sizes >> 8 & 15;
        int baseBytes = sizes >> 4 & 15;
        int indexBytes = version == 0 ? 0 : sizes & 15;
        int idBytes = version < 2 ? 2 : 4;
        long items = uint(begin + 6, idBytes);
        int at = begin + 6 + idBytes;
        for (; items > 0; items--) {
            long item = uint(at, idBytes);
            at += idBytes;
            int construction = 0;
            if (version > 0) {
                construction = file.getShort(at) & 15;
                at += 2;
            }
            long base = uint(at + 2, baseBytes);
            at += 2 + baseBytes;
            int extents = Short.toUnsignedInt(file.getShort(at));
            at += 2;
            // Places without bytes are all the same one
            extents = offsetBytes + lengthBytes == 0 ? Math.min(extents, 1) : extents;
            for (; extents > 0; extents--) {
                at += indexBytes;
                long offset = base + uint(at, offsetBytes);
                long length = uint(at + offsetBytes, lengthBytes);
                at += offsetBytes + lengthBytes;
                extent(item, construction, offset, length);
            }
        }
    }

    private void extent(long item, int construction, long offset, long length) throws PhotoRefusedException {
        if (construction > 1) {
            return; // made of other items
        }
        long from = construction == 1 ? idat + offset : offset;
        if ((construction == 1 && idat < 0) || offset < 0 || length < 0) {
            throw PhotoRefusedException.damaged(format);
        }
        if (from > end || length > end - from) {
            throw PhotoRefusedException.endsEarly();
        }
        CodedPicture picture = pictures.get(item);
        if (metadata.contains(item) || picture != null) {
            looked += length;
            if (looked > file.capacity()) {
                throw PhotoRefusedException.damaged(format); // the same bytes again and again
            }
        }
        if (blanks && metadata.contains(item)) {
            blank((int) from, (int) (from + length));
        }
        if (!blanks && picture != null) {
            picture.read(file, (int) from, (int) (from + length));
        }
    }

    private long uint(int at, int bytes) {
        long value = 0;
        for (int index = 0; index < bytes; index++) {
            value = value << 8 | Byte.toUnsignedInt(file.get(at + index));
        }
        return value;
    }

    Size size() {
        return size;
    }

    /** Whether the picture may be transparent. */
    boolean hasTransparency() {
        byte[] bytes = new byte[metaEnd - metaBegin];
        file.get(metaBegin, bytes);
        String meta = new String(bytes, StandardCharsets.ISO_8859_1);
        return TRANSPARENCY.stream().anyMatch(meta::contains);
    }

    /** The bytes of the file, without what hangs behind it. */
    int length() {
        return end;
    }

    /** The share of the main picture, 0 to 1, whose data are none. */
    double lost() {
        @Nullable CodedPicture whole = pictures.get(main);
        if (whole != null) {
            return whole.lost();
        }
        return parts.stream()
                .mapToDouble(
                        part -> pictures.containsKey(part) ? pictures.get(part).lost() : 0)
                .average()
                .orElse(0);
    }

    /** Whether the file has a small copy of the main picture. */
    boolean hasThumbnail() {
        return thumbnail >= 0 && flagsOfMain > 0;
    }

    /** A copy of the file without its metadata, whose main picture is the thumbnail. */
    byte[] cleanThumbnail() throws PhotoRefusedException {
        byte[] copy = clean();
        ByteBuffer changed = ByteBuffer.wrap(copy);
        for (int at = mainAt + mainBytes - 1, shift = 0; at >= mainAt; at--, shift += 8) {
            copy[at] = (byte) (thumbnail >> shift);
        }
        changed.putInt(referenceOfThumbnail, NONE);
        copy[flagsOfMain] |= 1; // hidden, so the converter makes no file of it
        return copy;
    }

    /** A copy of the file without its metadata. */
    byte[] clean() throws PhotoRefusedException {
        byte[] copy = new byte[end];
        file.get(0, copy);
        read(new HeifFile(ByteBuffer.wrap(copy), format, maxPixels, true));
        return copy;
    }
}
