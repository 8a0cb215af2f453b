package io.pawline.simulator.picture;

import java.awt.Color;
import java.util.Comparator;
import java.util.List;

/**
 * Names the colours of a photo.
 *
 * @param coat the subject's colour
 * @param eyes the colour that stands out
 * @param luminance mean, 0 to 255
 * @param dark share of almost black, 0 to 1; {@code light} and {@code warm} alike
 */
record PhotoColors(String coat, String eyes, double luminance, double dark, double light, double warm) {

    private record Named(String name, Color color) {
        Named(String name, int rgb) {
            this(name, new Color(rgb));
        }
    }

    /** The coats as they look in mixed light, so they are paler than painted ones. */
    private static final List<Named> COATS = List.of(
            new Named("ginger", 0xC98A55),
            new Named("ginger", 0xB07A50),
            new Named("golden", 0xD9B66A),
            new Named("cream", 0xDCC8A8),
            new Named("chocolate brown", 0x5F4432),
            new Named("brown", 0x8A6A4A),
            new Named("grey", 0x8C8C90),
            new Named("silver grey", 0xB4B4B8),
            new Named("blue-grey", 0x6E7C8C),
            new Named("black", 0x2A2A2C),
            new Named("white", 0xF0EEEA),
            new Named("green", 0x5E9A50),
            new Named("blue", 0x4C78C0),
            new Named("pink", 0xE090B0),
            new Named("purple", 0x8058A8),
            new Named("red", 0xC03030));

    private static final double VIVID = 0.22;

    static PhotoColors of(int[] pixels, int side) {
        Sum all = new Sum();
        Sum coloured = new Sum();
        double dark = 0;
        double light = 0;
        double warm = 0;
        double[] eyes = new double[4];
        for (int i = 0; i < pixels.length; i++) {
            double right = (i % side + 0.5) / side - 0.5;
            double down = ((double) i / side) / side - 0.5;
            double weight = Math.exp(-(right * right + down * down) * 6);
            Color color = new Color(pixels[i]);
            double luminance = Tint.luminance(color);
            float[] hsb = Color.RGBtoHSB(color.getRed(), color.getGreen(), color.getBlue(), null);
            all.add(color, luminance, weight);
            if (luminance < 50) {
                dark += weight;
            } else if (luminance > 205) {
                light += weight;
            } else {
                coloured.add(color, luminance, weight);
            }
            if (hsb[1] > VIVID && (hsb[0] < 0.12 || hsb[0] > 0.95)) {
                warm += weight;
            }
            if (hsb[1] > 0.35 && luminance > 50) {
                int eye = eyeColor(hsb[0]);
                if (eye >= 0) {
                    eyes[eye] += weight * hsb[1];
                }
            }
        }
        Sum subject = coloured.weight > all.weight * 0.3 ? coloured : all;
        return new PhotoColors(
                nearest(subject.mean()),
                eyes(eyes, all.weight),
                all.luminance / all.weight,
                dark / all.weight,
                light / all.weight,
                warm / all.weight);
    }

    private static final List<String> EYES = List.of("amber", "green", "blue");

    /** The place of this hue in {@link #EYES}; -1 if it is no colour of eyes. */
    private static int eyeColor(float hue) {
        if (hue >= 0.115 && hue < 0.135) {
            return 0;
        }
        if (hue >= 0.135 && hue < 0.45) {
            return 1;
        }
        return hue >= 0.5 && hue < 0.7 ? 2 : -1;
    }

    private static String eyes(double[] shares, double all) {
        int most = 0;
        for (int i = 1; i < EYES.size(); i++) {
            if (shares[i] > shares[most]) {
                most = i;
            }
        }
        return shares[most] > all * 0.001 ? EYES.get(most) : "dark";
    }

    private static String nearest(Color color) {
        return COATS.stream()
                .min(Comparator.comparingDouble(named -> Tint.distance(named.color(), color)))
                .orElseThrow()
                .name();
    }

    private static final class Sum {
        private double red;
        private double green;
        private double blue;
        private double luminance;
        private double weight;

        void add(Color color, double luminance, double weight) {
            this.red += color.getRed() * weight;
            this.green += color.getGreen() * weight;
            this.blue += color.getBlue() * weight;
            this.luminance += luminance * weight;
            this.weight += weight;
        }

        Color mean() {
            return new Color((int) (red / weight), (int) (green / weight), (int) (blue / weight));
        }
    }
}
