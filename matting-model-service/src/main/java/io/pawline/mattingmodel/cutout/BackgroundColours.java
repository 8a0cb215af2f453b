package io.pawline.mattingmodel.cutout;

import java.util.List;

/**
 * Knows which colours the background has around each place: their average and their spread, from what surely is
 * background near by. So it fits plain and graded backgrounds closely, and textured ones loosely. Immutable.
 */
final class BackgroundColours {

    /** Saliency below which a cell is background, and above which it is subject. */
    private static final float SURELY_BACKGROUND = 0.1f;

    private static final float SURELY_SUBJECT = 0.9f;

    /** Cells between the subject and what surely is background. */
    private static final int APART = 2;

    /** LineScaling of the grid's longer side: the surroundings that count, or the wider ones where those hold too little. */
    private static final List<Double> REACHES = List.of(0.04, 0.12, 1.0);

    /** The least share of the surroundings that has to be background. */
    private static final float ENOUGH = 0.02f;

    /** The noise of a JPEG, as a variance. */
    private static final float LEAST_VARIANCE = 36;

    /** A squared distance that hardly any pixel of the background has. */
    static final float UNLIKE = 16;

    /** LineScaling of the grid's longer side around a place in which the subject is looked at. */
    private static final double SUBJECT_REACH = 0.08;

    /** LineScaling of the grid's longer side: the rim of the picture, and how far it speaks for what is inside. */
    private static final double RIM = 0.03;

    private static final List<Double> REACHES_OF_RIM = List.of(0.3, 1.0);

    private final Colours colours;
    private final Grid telling;

    /**
     * Looks at a picture.
     *
     * @param saliency 0 (background) to 1 (subject); its grid has no more cells than the picture has pixels
     */
    BackgroundColours(Picture picture, Grid saliency) {
        Moments moments = new Moments(picture, saliency.width(), saliency.height());
        int longer = Math.max(saliency.width(), saliency.height());
        Grid sure = sure(moments, saliency, longer);
        this.colours = new Colours(moments, sure, REACHES, longer);
        this.telling = telling(moments, saliency, (int) Math.max(1, SUBJECT_REACH * longer));
    }

    /**
     * What surely is background: 1, else 0. A model may miss a part of the subject altogether. So the rim of the picture
     * has to agree about the colour, which it does not where the subject is.
     */
    private static Grid sure(Moments moments, Grid saliency, int longer) {
        Grid background = saliency.map(value -> value < SURELY_BACKGROUND ? 1 : 0);
        Grid sure = background.blurred(APART).map(value -> value > 0.999f ? 1 : 0);
        int rim = (int) Math.max(1, RIM * longer);
        Grid atRim = sure.map(value -> value);
        for (int y = rim; y < sure.height() - rim; y++) {
            for (int x = rim; x < sure.width() - rim; x++) {
                atRim.values()[y * sure.width() + x] = 0;
            }
        }
        Colours ofRim = new Colours(moments, atRim, REACHES_OF_RIM, longer);
        for (int cell = 0; cell < sure.values().length; cell++) {
            if (ofRim.distance(moments, cell) > UNLIKE) {
                sure.values()[cell] = 0;
            }
        }
        return sure;
    }

    /** How much of the subject near each cell has other colours than the background: 0 (nothing) to 1 (all). */
    private Grid telling(Moments moments, Grid saliency, int reach) {
        Grid subject = saliency.map(value -> value > SURELY_SUBJECT ? 1 : 0);
        Grid unlike = new Grid(saliency.width(), saliency.height());
        for (int cell = 0; cell < unlike.values().length; cell++) {
            unlike.values()[cell] = colours.distance(moments, cell) > UNLIKE ? subject.values()[cell] : 0;
        }
        Grid all = subject.blurred(reach);
        Grid some = unlike.blurred(reach);
        Grid result = new Grid(saliency.width(), saliency.height());
        float everywhere = sum(unlike) / Math.max(1, sum(subject));
        for (int cell = 0; cell < result.values().length; cell++) {
            float here = all.values()[cell];
            result.values()[cell] = here > ENOUGH ? some.values()[cell] / here : everywhere;
        }
        return result;
    }

    private static float sum(Grid grid) {
        double sum = 0;
        for (float value : grid.values()) {
            sum += value;
        }
        return (float) sum;
    }

    Grid mean(int channel) {
        return colours.means[channel];
    }

    /** The squared spread; 0 where there is no background at all in the picture. */
    Grid variance(int channel) {
        return colours.variances[channel];
    }

    /** How well colours tell the subject from the background here, 0 to 1. */
    Grid telling() {
        return telling;
    }

    /** The average colour around each cell, and its variance, as far as there is background around it. */
    private static final class Colours {

        private final Grid[] means = new Grid[3];
        private final Grid[] variances = new Grid[3];

        /** @param reaches shares of the longer side: a wider one counts where those before hold too little */
        Colours(Moments moments, Grid sure, List<Double> reaches, int longer) {
            for (int channel = 0; channel < 3; channel++) {
                means[channel] = new Grid(sure.width(), sure.height());
                variances[channel] = new Grid(sure.width(), sure.height());
            }
            boolean[] known = new boolean[sure.values().length];
            for (double reach : reaches) {
                learn(moments, sure, (int) Math.max(1, reach * longer), known);
            }
        }

        private void learn(Moments moments, Grid sure, int reach, boolean[] known) {
            float[] weights = sure.blurred(reach).values();
            for (int channel = 0; channel < 3; channel++) {
                float[] sums = moments.means[channel].times(sure).blurred(reach).values();
                float[] squares =
                        moments.squares[channel].times(sure).blurred(reach).values();
                for (int cell = 0; cell < weights.length; cell++) {
                    if (!known[cell] && weights[cell] > ENOUGH) {
                        float mean = sums[cell] / weights[cell];
                        means[channel].values()[cell] = mean;
                        variances[channel].values()[cell] =
                                Math.max(0, squares[cell] / weights[cell] - mean * mean) + LEAST_VARIANCE;
                    }
                }
            }
            for (int cell = 0; cell < weights.length; cell++) {
                known[cell] |= weights[cell] > ENOUGH;
            }
        }

        /** The squared distance of a cell's average colour, in deviations; 0 if nothing is known. */
        float distance(Moments moments, int cell) {
            float distance = 0;
            for (int channel = 0; channel < 3; channel++) {
                float variance = variances[channel].values()[cell];
                float difference =
                        moments.means[channel].values()[cell] - means[channel].values()[cell];
                distance += variance > 0 ? difference * difference / variance : 0;
            }
            return distance;
        }
    }

    /** The average colour of each cell's pixels, and that of its squares. */
    private static final class Moments {

        private final Grid[] means = new Grid[3];
        private final Grid[] squares = new Grid[3];

        Moments(Picture picture, int width, int height) {
            for (int channel = 0; channel < 3; channel++) {
                means[channel] = new Grid(width, height);
                squares[channel] = new Grid(width, height);
            }
            int[] counts = new int[width * height];
            byte[] rgb = picture.rgb();
            for (int y = 0, at = 0; y < picture.height(); y++) {
                int row = (int) ((long) y * height / picture.height()) * width;
                for (int x = 0; x < picture.width(); x++) {
                    int cell = row + (int) ((long) x * width / picture.width());
                    counts[cell]++;
                    for (int channel = 0; channel < 3; channel++, at++) {
                        int sample = rgb[at] & 0xFF;
                        means[channel].values()[cell] += sample;
                        squares[channel].values()[cell] += sample * sample;
                    }
                }
            }
            for (int channel = 0; channel < 3; channel++) {
                for (int cell = 0; cell < counts.length; cell++) {
                    means[channel].values()[cell] /= counts[cell];
                    squares[channel].values()[cell] /= counts[cell];
                }
            }
        }
    }
}
