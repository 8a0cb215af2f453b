package io.pawline.simulator.picture;

import java.awt.Color;

/** Calculates with colours. */
final class Tint {

    private Tint() {}

    /** The colour that lies between the one (share 0) and the other (share 1). */
    static Color mix(Color from, Color to, double share) {
        return new Color(
                channel(from.getRed() + (to.getRed() - from.getRed()) * share),
                channel(from.getGreen() + (to.getGreen() - from.getGreen()) * share),
                channel(from.getBlue() + (to.getBlue() - from.getBlue()) * share));
    }

    static Color darker(Color color, double share) {
        return mix(color, Color.BLACK, share);
    }

    static Color lighter(Color color, double share) {
        return mix(color, Color.WHITE, share);
    }

    /** Hue moved by a share of the circle, saturation and brightness multiplied. */
    static Color shift(Color color, double hue, double saturation, double brightness) {
        float[] hsb = Color.RGBtoHSB(color.getRed(), color.getGreen(), color.getBlue(), null);
        return Color.getHSBColor((float) (hsb[0] + hue), (float) Math.clamp(hsb[1] * saturation, 0, 1), (float)
                Math.clamp(hsb[2] * brightness, 0, 1));
    }

    /** Perceived brightness, 0 to 255. */
    static double luminance(Color color) {
        return 0.299 * color.getRed() + 0.587 * color.getGreen() + 0.114 * color.getBlue();
    }

    static Color grey(double luminance) {
        int level = channel(luminance);
        return new Color(level, level, level);
    }

    /** Distance of two colours, 0 to 442. */
    static double distance(Color a, Color b) {
        double red = a.getRed() - b.getRed();
        double green = a.getGreen() - b.getGreen();
        double blue = a.getBlue() - b.getBlue();
        return Math.sqrt(red * red + green * green + blue * blue);
    }

    static Color translucent(Color color, int alpha) {
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), alpha);
    }

    private static int channel(double value) {
        return (int) Math.clamp(Math.round(value), 0L, 255L);
    }
}
