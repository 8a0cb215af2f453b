package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;

/**
 * Compares a photo with the thumbnail that came in its file. Both were coded on their own, so what is damaged in one is
 * not in the other.
 */
final class ThumbnailCheck {

    /** The photo is compared in so many parts in a row, and in a column. */
    private static final int PARTS = 16;

    /** What packing with little quality, and sharpening, change stays far below so many of 256 levels. */
    private static final double MOST_DIFFERENCE = 20;

    /** If more than this differs, the thumbnail is rather one of an earlier version of the photo. */
    private static final double MOST_OF_ONE_PHOTO = 0.8;

    private static final double MOST_DIFFERENCE_OF_SIDES = 0.03;

    private ThumbnailCheck() {}

    /**
     * The share of the photo, 0 to 1, that differs from its thumbnail. It is 0 if the thumbnail does not show this photo
     * as it is: another format of sides, or hardly a part that is alike.
     *
     * @param photo in colours
     * @param thumbnail in colours
     */
    static double lost(Pixels photo, Pixels thumbnail) {
        double sides = (double) photo.width() * thumbnail.height() / ((double) photo.height() * thumbnail.width());
        if (Math.abs(sides - 1) > MOST_DIFFERENCE_OF_SIDES
                || thumbnail.width() > photo.width()
                || thumbnail.height() > photo.height()
                || Math.min(thumbnail.width(), thumbnail.height()) < PARTS) {
            return 0;
        }
        byte[] small = scaled(photo, new Size(thumbnail.width(), thumbnail.height()));
        int differ = 0;
        for (int part = 0; part < PARTS * PARTS; part++) {
            differ += difference(small, thumbnail, part % PARTS, part / PARTS) > MOST_DIFFERENCE ? 1 : 0;
        }
        double share = (double) differ / (PARTS * PARTS);
        return share > MOST_OF_ONE_PHOTO ? 0 : share;
    }

    private static byte[] scaled(Pixels photo, Size to) {
        RowAverage average = new RowAverage(new Size(photo.width(), photo.height()), to, photo.bands());
        for (int y = 0; y < photo.height(); y++) {
            average.add(photo.samples(), y * photo.width() * photo.bands());
        }
        return average.result().samples();
    }

    /** The mean difference of the samples of a part. */
    private static double difference(byte[] small, Pixels thumbnail, int column, int row) {
        int width = thumbnail.width();
        int left = width * column / PARTS;
        int right = width * (column + 1) / PARTS;
        int top = thumbnail.height() * row / PARTS;
        int bottom = thumbnail.height() * (row + 1) / PARTS;
        long sum = 0;
        for (int y = top; y < bottom; y++) {
            for (int at = 3 * (y * width + left); at < 3 * (y * width + right); at++) {
                sum += Math.abs((small[at] & 0xFF) - (thumbnail.samples()[at] & 0xFF));
            }
        }
        return (double) sum / (3L * (right - left) * (bottom - top));
    }
}
