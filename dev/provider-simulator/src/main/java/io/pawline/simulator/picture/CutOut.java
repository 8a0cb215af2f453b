package io.pawline.simulator.picture;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Cuts a picture's main subject out of a plain background. All that has the background's colour and is connected with
 * the border becomes transparent. Of the rest, only the largest piece stays, so a watermark goes, too. The edge is
 * soft.
 */
public final class CutOut {

    /**
     * The largest difference from the background's colour, per channel, that still is background, because JPEG blurs.
     */
    private static final int TOLERANCE = 26;

    private final int width;
    private final int height;
    private final int[] pixels;
    private final int background;
    /** The piece of each pixel: 0 if it is not known yet, 1 for the background, 2 and up for the others. */
    private final int[] pieces;

    private CutOut(BufferedImage picture) {
        this.width = picture.getWidth();
        this.height = picture.getHeight();
        this.pixels = picture.getRGB(0, 0, width, height, null, 0, width);
        this.background = corners();
        this.pieces = new int[pixels.length];
    }

    /** Makes a picture of the same size in which only the subject is not transparent. */
    public static BufferedImage of(BufferedImage picture) {
        return new CutOut(picture).cut();
    }

    private BufferedImage cut() {
        int[] stack = new int[pixels.length];
        flood(stack, 1, true, borders(stack));
        int largest = largestPiece(stack);
        BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        int[] out = PetPicture.pixels(result);
        if (largest == 0) {
            return result;
        }
        for (int i = 0; i < pixels.length; i++) {
            if (pieces[i] == largest) {
                out[i] = isEdge(i, largest) ? softened(i, largest) : pixels[i] | 0xFF000000;
            }
        }
        return result;
    }

    /** The median, channel by channel, of the four corners' surroundings. */
    private int corners() {
        int side = Math.clamp(Math.min(width, height) / 16, 1, 16);
        int[] samples = new int[4 * side * side];
        int color = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int count = 0;
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    samples[count++] = pixels[y * width + x] >> shift & 0xFF;
                    samples[count++] = pixels[y * width + width - 1 - x] >> shift & 0xFF;
                    samples[count++] = pixels[(height - 1 - y) * width + x] >> shift & 0xFF;
                    samples[count++] = pixels[(height - 1 - y) * width + width - 1 - x] >> shift & 0xFF;
                }
            }
            Arrays.sort(samples);
            color |= samples[count / 2] << shift;
        }
        return color;
    }

    private int borders(int[] stack) {
        int count = 0;
        for (int x = 0; x < width; x++) {
            count = push(stack, count, x, 1, true);
            count = push(stack, count, (height - 1) * width + x, 1, true);
        }
        for (int y = 0; y < height; y++) {
            count = push(stack, count, y * width, 1, true);
            count = push(stack, count, y * width + width - 1, 1, true);
        }
        return count;
    }

    /** Assigns all connected pixels that are (or are not) like the background to this piece; returns how many. */
    private int flood(int[] stack, int piece, boolean likeBackground, int pushed) {
        int count = pushed;
        int size = pushed;
        while (count > 0) {
            int at = stack[--count];
            int x = at % width;
            int before = count;
            if (x > 0) {
                count = push(stack, count, at - 1, piece, likeBackground);
            }
            if (x < width - 1) {
                count = push(stack, count, at + 1, piece, likeBackground);
            }
            if (at >= width) {
                count = push(stack, count, at - width, piece, likeBackground);
            }
            if (at < pixels.length - width) {
                count = push(stack, count, at + width, piece, likeBackground);
            }
            size += count - before;
        }
        return size;
    }

    private int push(int[] stack, int count, int at, int piece, boolean likeBackground) {
        if (pieces[at] != 0 || (likeBackground && difference(pixels[at]) > TOLERANCE)) {
            return count;
        }
        pieces[at] = piece;
        stack[count] = at;
        return count + 1;
    }

    private int largestPiece(int[] stack) {
        int piece = 1;
        int largest = 0;
        int most = 0;
        for (int i = 0; i < pixels.length; i++) {
            if (pieces[i] == 0) {
                piece++;
                int size = flood(stack, piece, false, push(stack, 0, i, piece, false));
                if (size > most) {
                    most = size;
                    largest = piece;
                }
            }
        }
        return largest;
    }

    private boolean isEdge(int at, int piece) {
        int x = at % width;
        return (x > 0 && pieces[at - 1] != piece)
                || (x < width - 1 && pieces[at + 1] != piece)
                || (at >= width && pieces[at - width] != piece)
                || (at < pixels.length - width && pieces[at + width] != piece);
    }

    /**
     * An edge pixel is a mixture of subject and background: takes the subject's colour from the pixels behind it and
     * its share as alpha.
     */
    private int softened(int at, int piece) {
        int inner = at;
        int furthest = difference(pixels[at]);
        int x = at % width;
        int y = at / width;
        for (int down = -2; down <= 2; down++) {
            for (int right = -2; right <= 2; right++) {
                int nextX = x + right;
                int nextY = y + down;
                if (nextX >= 0 && nextX < width && nextY >= 0 && nextY < height) {
                    int next = nextY * width + nextX;
                    if (pieces[next] == piece && difference(pixels[next]) > furthest) {
                        furthest = difference(pixels[next]);
                        inner = next;
                    }
                }
            }
        }
        int alpha = Math.clamp(255L * difference(pixels[at]) / Math.max(1, furthest), 40, 255);
        return alpha << 24 | (pixels[inner] & 0xFFFFFF);
    }

    /** The difference between a colour and the background's, in the channel that differs most. */
    private int difference(int rgb) {
        int red = Math.abs((rgb >> 16 & 0xFF) - (background >> 16 & 0xFF));
        int green = Math.abs((rgb >> 8 & 0xFF) - (background >> 8 & 0xFF));
        int blue = Math.abs((rgb & 0xFF) - (background & 0xFF));
        return Math.max(red, Math.max(green, blue));
    }
}
