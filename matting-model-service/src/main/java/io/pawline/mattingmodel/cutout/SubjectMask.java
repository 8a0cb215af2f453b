package io.pawline.mattingmodel.cutout;

import java.util.Arrays;

/**
 * Decides for each pixel of a picture whether it belongs to the subject: by the saliency that the model found on its
 * coarse grid, and by how unlike the background's the pixel's colour is. What is not connected with the subject goes, and
 * what the subject encloses belongs to it.
 */
final class SubjectMask {

    /** Saliency from which a pixel surely belongs to the subject. */
    private static final float SURE = 0.8f;

    /** The least evidence and the most that the model's saliency is, for either side. */
    private static final float MOST_SURE = 0.99f;

    /** The evidence of colours, in the natural logarithm of odds: for the background, and for the subject. */
    private static final float MOST_FOR_BACKGROUND = 1.5f;

    private static final float MOST_FOR_SUBJECT = 3f;

    private static final float SCALE = 8;

    private SubjectMask() {}

    /**
     * The mask in the size of the picture: 1 for the subject, else 0.
     *
     * @param saliency 0 (background) to 1 (subject)
     */
    static byte[] of(Picture picture, Grid saliency) {
        int width = picture.width();
        int height = picture.height();
        Grid coarse = saliency.resized(Math.min(saliency.width(), width), Math.min(saliency.height(), height));
        byte[] mask = decide(picture, coarse);
        byte[] sure = new byte[mask.length];
        Grid.Rows rows = new Grid.Rows(coarse, width, height);
        for (int y = 0; y < height; y++) {
            float[] row = rows.row(y);
            for (int x = 0; x < width; x++) {
                sure[y * width + x] = (byte) (row[x] >= SURE ? 1 : 0);
            }
        }
        Regions.keepConnected(mask, width, at -> sure[at] == 1);
        Regions.fillHoles(mask, width);
        return mask;
    }

    private static byte[] decide(Picture picture, Grid saliency) {
        int width = picture.width();
        int height = picture.height();
        BackgroundColours background = new BackgroundColours(picture, saliency);
        Grid.Rows evidence = new Grid.Rows(saliency.map(SubjectMask::logOdds), width, height);
        Grid.Rows telling = new Grid.Rows(background.telling(), width, height);
        Grid.Rows[] means = new Grid.Rows[3];
        Grid.Rows[] precisions = new Grid.Rows[3];
        for (int channel = 0; channel < 3; channel++) {
            means[channel] = new Grid.Rows(background.mean(channel), width, height);
            precisions[channel] = new Grid.Rows(
                    background.variance(channel).map(variance -> variance > 0 ? 1 / variance : 0), width, height);
        }
        byte[] mask = new byte[width * height];
        float[] distances = new float[width];
        for (int y = 0; y < height; y++) {
            Arrays.fill(distances, 0);
            for (int channel = 0; channel < 3; channel++) {
                float[] mean = means[channel].row(y);
                float[] precision = precisions[channel].row(y);
                for (int x = 0, at = 3 * y * width + channel; x < width; x++, at += 3) {
                    float difference = (picture.rgb()[at] & 0xFF) - mean[x];
                    distances[x] += difference * difference * precision[x];
                }
            }
            float[] odds = evidence.row(y);
            float[] weight = telling.row(y);
            for (int x = 0; x < width; x++) {
                float colour = Math.clamp(
                        (distances[x] - BackgroundColours.UNLIKE) / SCALE, -MOST_FOR_BACKGROUND, MOST_FOR_SUBJECT);
                mask[y * width + x] = (byte) (odds[x] + weight[x] * colour > 0 ? 1 : 0);
            }
        }
        return mask;
    }

    private static float logOdds(float saliency) {
        float bounded = Math.clamp(saliency, 1 - MOST_SURE, MOST_SURE);
        return (float) Math.log(bounded / (1 - bounded));
    }
}
