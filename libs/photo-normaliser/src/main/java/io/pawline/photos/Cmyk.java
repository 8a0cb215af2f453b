package io.pawline.photos;

/** Computes colours for screens from inks (cyan, magenta, yellow, black) where no profile says how they look. */
final class Cmyk {

    private Cmyk() {}

    /** Converts interleaved inks, 255 being all of an ink. */
    static Pixels toRgb(byte[] inks, int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
            int light = 255 - Byte.toUnsignedInt(inks[from + 3]);
            for (int ink = 0; ink < 3; ink++) {
                rgb[to + ink] = (byte) ((255 - Byte.toUnsignedInt(inks[from + ink])) * light / 255);
            }
        }
        return new Pixels(width, height, 3, rgb);
    }

    /** Turns YCCK into CMYK, in place: the first three samples are the YCbCr of the light that the inks leave. */
    static void fromYcck(byte[] samples) {
        for (int at = 0; at + 3 < samples.length; at += 4) {
            int y = Byte.toUnsignedInt(samples[at]);
            int cb = Byte.toUnsignedInt(samples[at + 1]) - 128;
            int cr = Byte.toUnsignedInt(samples[at + 2]) - 128;
            samples[at] = clamp(255 - (y + 1.402f * cr));
            samples[at + 1] = clamp(255 - (y - 0.344136f * cb - 0.714136f * cr));
            samples[at + 2] = clamp(255 - (y + 1.772f * cb));
        }
    }

    /** Inverts all samples, in place, as Adobe stores inks. */
    static void invert(byte[] samples) {
        for (int at = 0; at < samples.length; at++) {
            samples[at] = (byte) ~samples[at];
        }
    }

    private static byte clamp(float value) {
        return (byte) Math.clamp(Math.round(value), 0, 255);
    }
}
