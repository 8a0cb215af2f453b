package io.pawline.finalize;

/** Takes the pixels of a picture row by row, from the top. */
@FunctionalInterface
interface PixelRows {

    /**
     * Takes the next row.
     *
     * @param rgba holds the row, four bytes a pixel; it is valid during this call only
     * @param from where the row begins
     */
    void take(byte[] rgba, int from);
}
