package io.pawline.photos;

import java.awt.Point;
import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the colour space of a photo that is not sRGB, as its <a href="https://www.color.org/specification/ICC.1-2022-05.pdf">
 * ICC profile</a> describes it. A broken profile is taken for sRGB, as viewers do.
 */
final class IccColours {

    private static final Logger log = LoggerFactory.getLogger(IccColours.class);

    private static final int HEADER_BYTES = 128;
    private static final int MOST_TAGS = 100;
    /** A longer profile is taken for broken: those of printers have 3 MB. */
    static final int MOST_BYTES = 4 * 1024 * 1024;

    /** The primaries of sRGB, adapted to D50, as profiles have them. */
    private static final double[][] SRGB_PRIMARIES = {
        {0.4361, 0.2225, 0.0139}, {0.3851, 0.7169, 0.0971}, {0.1431, 0.0606, 0.7141}
    };

    private static final int[] PRIMARY_TAGS = {0x7258595A, 0x6758595A, 0x6258595A}; // rXYZ, gXYZ, bXYZ
    private static final int RED_CURVE = 0x72545243; // rTRC
    private static final int GREY_CURVE = 0x6B545243; // kTRC
    private static final double PRIMARY_TOLERANCE = 0.003;

    /** What sRGB makes of a half: 0.214. A gamma of 2.2 makes 0.218 of it. */
    private static final double LEAST_OF_A_HALF = 0.19;

    private static final double MOST_OF_A_HALF = 0.24;

    private final ICC_Profile profile;
    private final int components;

    private IccColours(ICC_Profile profile, int components) {
        this.profile = profile;
        this.components = components;
    }

    /**
     * Reads a profile.
     *
     * @param components of the photo that it is in: 1, 3 or 4
     * @return empty if it is sRGB, or broken, or not for such a photo
     */
    static Optional<IccColours> of(byte[] icc, int components) {
        if (icc.length < HEADER_BYTES + 4 || icc.length > MOST_BYTES || isSrgb(ByteBuffer.wrap(icc))) {
            return Optional.empty();
        }
        try {
            ICC_Profile profile = ICC_Profile.getInstance(icc);
            return profile.getNumComponents() == components
                    ? Optional.of(new IccColours(profile, components))
                    : Optional.empty();
        } catch (IllegalArgumentException | CMMException broken) {
            return Optional.empty();
        }
    }

    /** Converts pixels to sRGB, if they have as many bands as the profile. */
    Pixels toSrgb(Pixels pixels) {
        if (pixels.bands() != components) {
            return pixels.inColour();
        }
        byte[] converted = new byte[pixels.width() * pixels.height() * 3];
        Pixels result = new Pixels(pixels.width(), pixels.height(), 3, converted);
        try {
            new ColorConvertOp(new ICC_ColorSpace(profile), ColorSpace.getInstance(ColorSpace.CS_sRGB), null)
                    .filter(raster(pixels), raster(result));
        } catch (IllegalArgumentException | CMMException broken) {
            log.info("The colour profile of a photo is broken, so the photo is taken for sRGB: {}", broken.toString());
            return pixels.inColour();
        }
        return result;
    }

    private static WritableRaster raster(Pixels pixels) {
        int bands = pixels.bands();
        return Raster.createInterleavedRaster(
                new DataBufferByte(pixels.samples(), pixels.samples().length),
                pixels.width(),
                pixels.height(),
                pixels.width() * bands,
                bands,
                IntStream.range(0, bands).toArray(),
                new Point());
    }

    /** Whether the profile has the primaries of sRGB and a curve near its own. Almost all photos have such a one. */
    private static boolean isSrgb(ByteBuffer icc) {
        try {
            int grey = offset(icc, GREY_CURVE);
            if (grey >= 0) {
                return isCurveOfSrgb(icc, grey);
            }
            for (int primary = 0; primary < 3; primary++) {
                int at = offset(icc, PRIMARY_TAGS[primary]);
                if (at < 0 || !isNear(icc, at + 8, SRGB_PRIMARIES[primary])) {
                    return false;
                }
            }
            int curve = offset(icc, RED_CURVE);
            return curve >= 0 && isCurveOfSrgb(icc, curve);
        } catch (IndexOutOfBoundsException broken) {
            return false;
        }
    }

    private static int offset(ByteBuffer icc, int tag) {
        int tags = Math.min(icc.getInt(HEADER_BYTES), MOST_TAGS);
        for (int entry = 0, at = HEADER_BYTES + 4; entry < tags; entry++, at += 12) {
            if (icc.getInt(at) == tag) {
                return icc.getInt(at + 4);
            }
        }
        return -1;
    }

    private static boolean isNear(ByteBuffer icc, int at, double[] primary) {
        for (int axis = 0; axis < 3; axis++) {
            if (Math.abs(fixed(icc, at + 4 * axis) - primary[axis]) > PRIMARY_TOLERANCE) {
                return false;
            }
        }
        return true;
    }

    private static boolean isCurveOfSrgb(ByteBuffer icc, int at) {
        double ofAHalf = ofAHalf(icc, at);
        return ofAHalf > LEAST_OF_A_HALF && ofAHalf < MOST_OF_A_HALF;
    }

    /** What a curve makes of a half: a table ({@code curv}), a gamma, or a gamma with a linear part ({@code para}). */
    private static double ofAHalf(ByteBuffer icc, int at) {
        if (icc.getInt(at) == 0x63757276) { // curv
            int entries = icc.getInt(at + 8);
            if (entries == 0) {
                return 0.5;
            }
            int middle = Short.toUnsignedInt(icc.getShort(at + 12 + (entries / 2) * 2));
            return entries == 1 ? Math.pow(0.5, middle / 256.0) : middle / 65535.0;
        }
        int function = icc.getShort(at + 8);
        double gamma = fixed(icc, at + 12);
        return function == 0 ? Math.pow(0.5, gamma) : Math.pow(fixed(icc, at + 16) * 0.5 + fixed(icc, at + 20), gamma);
    }

    private static double fixed(ByteBuffer icc, int at) {
        return icc.getInt(at) / 65536.0;
    }
}
