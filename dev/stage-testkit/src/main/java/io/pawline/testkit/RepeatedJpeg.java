package io.pawline.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes very large JPEGs in no time: the packed pixels of a strip follow each other again and again, with restart
 * markers between them (<a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, B.2.1</a>).
 */
public final class RepeatedJpeg {

    private static final int FIRST_RESTART = 0xD0;
    private static final int END = 0xD9;
    private static final int SCAN = 0xDA;
    private static final int RESTART_INTERVAL = 0xDD;

    private final ByteBuffer strip;
    private final int times;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<int[]> components = new ArrayList<>();
    private int width;
    private int height;

    private RepeatedJpeg(byte[] strip, int times) {
        this.strip = ByteBuffer.wrap(strip);
        this.times = times;
    }

    /**
     * The strip that is repeated downwards.
     *
     * @param strip a JPEG without restart markers, as high as its blocks are: 8 rows, or 16 if it has fewer colours
     */
    public static byte[] of(byte[] strip, int times) {
        RepeatedJpeg jpeg = new RepeatedJpeg(strip, times);
        jpeg.write();
        return jpeg.out.toByteArray();
    }

    /** One JPEG of three scans (brightness and two colours), each of which has a component, of three grey JPEGs. */
    public static byte[] inThreeScans(List<byte[]> grey) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int number = 0; number < grey.size(); number++) {
            ByteBuffer file = ByteBuffer.wrap(grey.get(number));
            int at = 2;
            out.write(file.array(), 0, number == 0 ? 2 : 0);
            while (marker(file, at) != END) {
                int end = at + 2 + Short.toUnsignedInt(file.getShort(at + 2));
                if (marker(file, at) == SCAN) {
                    end = endOfScan(file, end);
                    file.put(at + 5, (byte) (number + 1));
                    out.write(file.array(), at, end - at);
                } else if (number == 0 && isFrame(marker(file, at))) {
                    out.writeBytes(PhotoSamples.segment(0xC0, frame(file, at)));
                } else if (number == 0) {
                    out.write(file.array(), at, end - at);
                }
                at = end;
            }
        }
        out.writeBytes(new byte[] {(byte) 0xFF, (byte) END});
        return out.toByteArray();
    }

    private static byte[] frame(ByteBuffer file, int at) {
        ByteBuffer frame = ByteBuffer.allocate(6 + 3 * 3);
        frame.put(file.slice(at + 4, 5)).put((byte) 3);
        for (int component = 1; component <= 3; component++) {
            frame.put((byte) component).put((byte) 0x11).put((byte) 0);
        }
        return frame.array();
    }

    private void write() {
        out.write(strip.array(), 0, 2);
        int at = 2;
        while (marker(strip, at) != END) {
            int end = at + 2 + Short.toUnsignedInt(strip.getShort(at + 2));
            if (isFrame(marker(strip, at))) {
                readFrame(at);
                strip.putShort(at + 5, (short) (height * times));
            }
            if (marker(strip, at) == SCAN) {
                out.writeBytes(PhotoSamples.segment(
                        RESTART_INTERVAL,
                        ByteBuffer.allocate(2).putShort((short) units(at)).array()));
                out.write(strip.array(), at, end - at);
                int next = endOfScan(strip, end);
                for (int time = 0; time < times; time++) {
                    if (time > 0) {
                        out.write(0xFF);
                        out.write(FIRST_RESTART + (time - 1) % 8);
                    }
                    out.write(strip.array(), end, next - end);
                }
                end = next;
            } else {
                out.write(strip.array(), at, end - at);
            }
            at = end;
        }
        out.write(0xFF);
        out.write(END);
    }

    private void readFrame(int at) {
        height = Short.toUnsignedInt(strip.getShort(at + 5));
        width = Short.toUnsignedInt(strip.getShort(at + 7));
        for (int number = 0; number < strip.get(at + 9); number++) {
            int sampling = strip.get(at + 11 + 3 * number);
            components.add(new int[] {strip.get(at + 10 + 3 * number), sampling >> 4, sampling & 15});
        }
    }

    /** How many units of blocks a scan has in the strip. */
    private int units(int scan) {
        int widest =
                components.stream().mapToInt(component -> component[1]).max().orElse(1);
        int highest =
                components.stream().mapToInt(component -> component[2]).max().orElse(1);
        if (strip.get(scan + 4) > 1) {
            return Math.ceilDiv(width, 8 * widest) * Math.ceilDiv(height, 8 * highest);
        }
        for (int[] component : components) {
            if (component[0] == strip.get(scan + 5)) {
                return Math.ceilDiv(Math.ceilDiv(width * component[1], widest), 8)
                        * Math.ceilDiv(Math.ceilDiv(height * component[2], highest), 8);
            }
        }
        throw new IllegalArgumentException("a scan of no component");
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xC2;
    }

    private static int marker(ByteBuffer file, int at) {
        return Byte.toUnsignedInt(file.get(at + 1));
    }

    private static int endOfScan(ByteBuffer file, int begin) {
        int at = begin;
        while (file.get(at) != (byte) 0xFF || file.get(at + 1) == 0) {
            at++;
        }
        return at;
    }
}
