package io.pawline.photos;

import java.nio.ByteBuffer;

/**
 * Reads the data of a picture of a HEIC or AVIF without decoding them, and finds out how much of them cannot be data. So
 * it finds what was cut off, or is zero, as in a file of which only a part came, but no single bits that are wrong. Used
 * by one thread.
 *
 * <p>Arithmetic codes look like noise, so none of them repeats a byte very often. In HEVC
 * (<a href="https://www.itu.int/rec/T-REC-H.265">ITU-T H.265, 7.3.1 and 7.4.2</a>) there are units with lengths and
 * headers besides, and three bytes that no unit has.
 */
final class CodedPicture {

    private static final int MOST_REPEATED = 256;
    private static final int HEADER_BYTES = 2;

    /** The last type of units of pictures; those up to the first one of parameters are reserved. */
    private static final int LAST_OF_PICTURES = 21;

    private static final int FIRST_OF_PARAMETERS = 32;
    /** Supplemental information behind the picture. */
    private static final int LAST_TYPE = 40;

    private final int lengthBytes;
    private long all;
    private long lost;
    private int last = -1;
    private int repeated;
    private int lengthRead;
    private long length;
    private long left;
    private int header;
    private int zeros;
    /** Nothing more can be read, or nothing more of this unit. */
    private boolean broken;

    private boolean unitBroken;

    private CodedPicture(int lengthBytes) {
        this.lengthBytes = lengthBytes;
    }

    /** @param lengthBytes of the length before each unit, 1 to 4 */
    static CodedPicture inHevc(int lengthBytes) {
        return new CodedPicture(lengthBytes);
    }

    static CodedPicture inAv1() {
        return new CodedPicture(0);
    }

    /** Reads the next bytes of the picture. */
    void read(ByteBuffer file, int from, int to) {
        all += to - from;
        for (int at = from; at < to; at++) {
            int value = Byte.toUnsignedInt(file.get(at));
            if (lengthBytes > 0 && !broken) {
                readUnits(value);
            }
            repeated = value == last ? repeated + 1 : 1;
            last = value;
            if (broken || unitBroken) {
                lost++;
            } else if (repeated >= MOST_REPEATED) {
                lost += repeated == MOST_REPEATED ? MOST_REPEATED : 1;
            }
        }
    }

    private void readUnits(int value) {
        if (left > 0) {
            readUnit(value);
            return;
        }
        length = length << 8 | value;
        if (++lengthRead == lengthBytes) {
            left = length;
            broken = length < HEADER_BYTES;
            length = 0;
            lengthRead = 0;
            header = 0;
            zeros = 0;
            unitBroken = false;
        }
    }

    private void readUnit(int value) {
        if (header == 0) {
            int type = value >> 1 & 63;
            boolean known = type <= LAST_OF_PICTURES || (type >= FIRST_OF_PARAMETERS && type <= LAST_TYPE);
            broken = value >= 128 || !known;
        } else if (header == 1) {
            broken = (value & 7) == 0;
        }
        header = Math.min(header + 1, HEADER_BYTES);
        // These would be taken for the begin of a unit: encoders put a 3 before the last of them
        unitBroken |= zeros >= 2 && value <= 2;
        zeros = value == 0 ? zeros + 1 : 0;
        left--;
    }

    /** The share of the data that is lost, 0 to 1, when all have been read. */
    double lost() {
        // A unit that goes on behind the end
        long missing = broken ? 0 : left;
        return all == 0 ? 1 : Math.min(1, (double) (lost + missing) / (all + missing));
    }
}
