package io.pawline.finalize;

import io.pawline.finalize.FinishResult.EncodedPng;
import io.pawline.finalize.FinishResult.Implausible;
import io.pawline.finalize.FinishResult.Pictures;
import io.pawline.finalize.FinishResult.Thumbnail;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageSniffer;
import io.pawline.stage.MemoryBudget;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;

/**
 * Checks cut-outs and makes their thumbnails. Works on few of them at once, because pixels need memory. Thread-safe.
 */
final class PictureFinisher {

    private static final long BYTES_FOR_A_PIXEL = 9;

    private final Plausibility plausibility;
    private final List<Integer> sizes;
    private final BlockingQueue<PngCodec> codecs;
    private final MemoryBudget memory;

    /**
     * A finisher with these limits.
     *
     * @param sizes longest sides of the thumbnails, in pixels
     * @param maxDecodes cut-outs that are worked on at once; further ones wait
     * @param memory that the pixels of all of them take
     */
    PictureFinisher(Plausibility plausibility, List<Integer> sizes, int maxDecodes, MemoryBudget memory) {
        this.memory = memory;
        this.plausibility = plausibility;
        this.sizes = sizes.stream().sorted(Comparator.reverseOrder()).toList();
        this.codecs = new ArrayBlockingQueue<>(
                maxDecodes,
                false,
                Stream.generate(PngCodec::new).limit(maxDecodes).toList());
    }

    FinishResult finish(byte[] png) throws InterruptedException {
        Optional<String> objection = plausibility.objectionTo(png);
        if (objection.isPresent()) {
            return new Implausible(objection.get());
        }
        try (MemoryBudget.Share _ = memory.take(needed(png))) {
            PngCodec codec = codecs.take();
            try {
                return finish(png, codec);
            } finally {
                codecs.add(codec);
            }
        }
    }

    /** Estimates the memory for a decode: the rows, the pixels, and two copies of the data. */
    private static long needed(byte[] png) {
        long pixels = ImageSniffer.sniff(png).map(ImageHeader::pixels).orElse(0L);
        return BYTES_FOR_A_PIXEL * pixels + 2L * png.length;
    }

    private FinishResult finish(byte[] png, PngCodec codec) {
        BufferedImage decoded;
        try {
            decoded = codec.decode(png);
        } catch (IOException e) {
            return new Implausible("the cut-out's PNG is damaged");
        }
        if (!decoded.getColorModel().hasAlpha()) {
            return new Implausible("the cut-out has no alpha");
        }
        BufferedImage image = SrgbPixels.abgr(decoded);
        Optional<String> objection = plausibility.objectionTo(image);
        if (objection.isPresent()) {
            return new Implausible(objection.get());
        }
        EncodedPng result = new EncodedPng(png, image.getWidth(), image.getHeight());
        return new Pictures(
                result,
                sizes.stream()
                        .map(size -> new Thumbnail(size, thumbnail(result, image, size, codec)))
                        .toList());
    }

    /** The picture with its longest side reduced to this many pixels. A picture that is no larger stays as it is. */
    private static EncodedPng thumbnail(EncodedPng original, BufferedImage image, int size, PngCodec codec) {
        int longest = Math.max(image.getWidth(), image.getHeight());
        if (longest <= size) {
            return original;
        }
        int width = scaled(image.getWidth(), size, longest);
        int height = scaled(image.getHeight(), size, longest);
        return new EncodedPng(codec.encode(AreaAverage.of(image, width, height)), width, height);
    }

    private static int scaled(int side, int size, int longest) {
        return Math.max(1, Math.round((float) side * size / longest));
    }
}
