package io.pawline.finalize;

import io.pawline.finalize.FinishResult.EncodedPng;
import io.pawline.finalize.FinishResult.Implausible;
import io.pawline.finalize.FinishResult.Pictures;
import io.pawline.finalize.FinishResult.Thumbnail;
import io.pawline.images.label.VisibleLabel;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageSniffer;
import io.pawline.stage.MemoryBudget;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;

/**
 * Checks cut-outs and makes their thumbnails. Works on few of them at once, because pixels need memory. Thread-safe.
 */
final class PictureFinisher {

    private static final long BYTES_FOR_A_PIXEL = 9;

    /** To write a picture takes its rows, and what they are packed to, twice. */
    private static final long BYTES_TO_WRITE_A_PIXEL = 12;

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

    /**
     * Makes the pictures of a task.
     *
     * @param png cut-out, which is the result if nothing is drawn on it
     * @param label what is drawn on all of them
     */
    FinishResult finish(byte[] png, Optional<VisibleLabel> label) throws InterruptedException {
        Optional<String> objection = plausibility.objectionTo(png);
        if (objection.isPresent()) {
            return new Implausible(objection.get());
        }
        try (MemoryBudget.Share _ = memory.take(needed(png, label.isPresent()))) {
            PngCodec codec = codecs.take();
            try {
                return finish(png, label, codec);
            } finally {
                codecs.add(codec);
            }
        }
    }

    /** Estimates the memory for a decode: the rows, the pixels, and two copies of the data. */
    private static long needed(byte[] png, boolean written) {
        long pixels = ImageSniffer.sniff(png).map(ImageHeader::pixels).orElse(0L);
        return (BYTES_FOR_A_PIXEL + (written ? BYTES_TO_WRITE_A_PIXEL : 0)) * pixels + 2L * png.length;
    }

    private FinishResult finish(byte[] png, Optional<VisibleLabel> label, PngCodec codec) {
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
        // The words on a thumbnail are drawn on it, because they would be blurred if they were reduced
        Map<Integer, EncodedPng> reduced = new HashMap<>();
        sizes.stream()
                .filter(size -> size < Math.max(image.getWidth(), image.getHeight()))
                .forEach(size -> reduced.put(size, thumbnail(image, size, label, codec)));
        EncodedPng result = label.isPresent()
                ? drawn(image, label.get(), codec)
                : new EncodedPng(png, image.getWidth(), image.getHeight());
        return new Pictures(
                result,
                sizes.stream()
                        .map(size -> new Thumbnail(size, reduced.getOrDefault(size, result)))
                        .toList());
    }

    /** The picture with its longest side reduced to this many pixels. */
    private static EncodedPng thumbnail(BufferedImage image, int size, Optional<VisibleLabel> label, PngCodec codec) {
        int longest = Math.max(image.getWidth(), image.getHeight());
        BufferedImage small = AreaAverage.of(
                image, scaled(image.getWidth(), size, longest), scaled(image.getHeight(), size, longest));
        label.ifPresent(words -> words.drawOn(small));
        return new EncodedPng(codec.encode(small), small.getWidth(), small.getHeight());
    }

    /** The picture with the words, which are drawn on the pixels given. */
    private static EncodedPng drawn(BufferedImage image, VisibleLabel label, PngCodec codec) {
        label.drawOn(image);
        return new EncodedPng(codec.encode(image), image.getWidth(), image.getHeight());
    }

    private static int scaled(int side, int size, int longest) {
        return Math.max(1, Math.round((float) side * size / longest));
    }
}
