package io.pawline.mattingmodel.cutout;

import java.util.Arrays;

/**
 * Makes the edge of a mask soft. A pixel at the edge is a mixture of subject and background. Its share of the subject
 * becomes its alpha, and the subject's part of its colour becomes its colour.
 */
final class SoftEdge {

    /** Pixels around one at the edge whose colours count. */
    private static final int REACH = 3;

    /** Squared distance of the two colours below which colours do not tell the share. */
    private static final float LEAST_CONTRAST = 900;

    private final Picture picture;
    private final byte[] mask;
    private final int width;
    private final int height;

    /** @param mask 1 for the subject, else 0 */
    SoftEdge(Picture picture, byte[] mask) {
        this.picture = picture;
        this.mask = mask;
        this.width = picture.width();
        this.height = picture.height();
    }

    /**
     * The pixels as red, green, blue, alpha. What has alpha 255 has the picture's own colour. What has alpha 0 is black,
     * so that it packs well.
     */
    byte[] rgba() {
        byte[] rgba = new byte[4 * mask.length];
        byte[] rgb = picture.rgb();
        float[] colours = new float[6];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                if (isEdge(x, y)) {
                    mix(x, y, colours, rgba);
                } else if (mask[at] == 1) {
                    rgba[4 * at] = rgb[3 * at];
                    rgba[4 * at + 1] = rgb[3 * at + 1];
                    rgba[4 * at + 2] = rgb[3 * at + 2];
                    rgba[4 * at + 3] = (byte) 255;
                }
            }
        }
        return rgba;
    }

    /** Whether a neighbour over a side is on the other side of the outline. */
    private boolean isEdge(int x, int y) {
        int at = y * width + x;
        byte own = mask[at];
        return (x > 0 && mask[at - 1] != own)
                || (x < width - 1 && mask[at + 1] != own)
                || (y > 0 && mask[at - width] != own)
                || (y < height - 1 && mask[at + width] != own);
    }

    private void mix(int x, int y, float[] colours, byte[] rgba) {
        int at = y * width + x;
        float coverage = surroundings(x, y, colours);
        float contrast = 0;
        float along = 0;
        for (int channel = 0; channel < 3; channel++) {
            float range = colours[channel] - colours[3 + channel];
            contrast += range * range;
            along += range * (picture.sample(at, channel) - colours[3 + channel]);
        }
        float share = contrast < LEAST_CONTRAST ? coverage : along / contrast;
        // The mask has decided on which side of a half the pixel is
        float alpha = mask[at] == 1 ? Math.clamp(share, 0.5f, 1) : Math.clamp(share, 0, 0.49f);
        int level = Math.round(255 * alpha);
        if (level == 0) {
            return;
        }
        for (int channel = 0; channel < 3; channel++) {
            int sample = picture.sample(at, channel);
            float own = (sample - (1 - alpha) * colours[3 + channel]) / alpha;
            rgba[4 * at + channel] = (byte) (level == 255 ? sample : Math.round(Math.clamp(own, 0, 255)));
        }
        rgba[4 * at + 3] = (byte) level;
    }

    /**
     * Averages the colours of the subject and of the background around a pixel, of those that are no edge themselves.
     *
     * @return the share of the nearest pixels that belongs to the subject
     */
    private float surroundings(int x, int y, float[] colours) {
        Arrays.fill(colours, 0);
        int subject = 0;
        int background = 0;
        int near = 0;
        int nearSubject = 0;
        for (int j = Math.max(0, y - REACH); j <= Math.min(height - 1, y + REACH); j++) {
            for (int i = Math.max(0, x - REACH); i <= Math.min(width - 1, x + REACH); i++) {
                int at = j * width + i;
                if (Math.abs(i - x) <= 1 && Math.abs(j - y) <= 1) {
                    near++;
                    nearSubject += mask[at];
                }
                if (isEdge(i, j)) {
                    continue;
                }
                int side = mask[at] == 1 ? 0 : 3;
                subject += mask[at];
                background += 1 - mask[at];
                for (int channel = 0; channel < 3; channel++) {
                    colours[side + channel] += picture.sample(at, channel);
                }
            }
        }
        if (subject == 0 || background == 0) {
            Arrays.fill(colours, 0);
        } else {
            for (int channel = 0; channel < 3; channel++) {
                colours[channel] /= subject;
                colours[3 + channel] /= background;
            }
        }
        return (float) nearSubject / near;
    }
}
