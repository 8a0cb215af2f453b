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
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Checks cut-outs and makes their thumbnails. A cut-out is read row by row. Only one with words, or of an unusual kind, is
 * decoded as a whole, and waits until there is memory for its pixels. Works on few at once. Thread-safe.
 */
final class PictureFinisher {

    /** A picture that is decoded as a whole takes its rows and its pixels. */
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
        ImageHeader header = ImageSniffer.sniff(png).orElseThrow();
        if (label.isEmpty() && PlainPngReader.size(png).isPresent()) {
            Optional<FinishResult> finished = with(PlainPngReader.memory(png), codec -> readByRows(png, header, codec));
            if (finished.isPresent()) {
                return finished.get();
            }
        }
        return with(needed(png, header, label.isPresent()), codec -> decodeAsAWhole(png, header, label, codec));
    }

    /** Does this work when there are so many bytes of memory, and a codec. */
    private <T> T with(long bytes, Function<PngCodec, T> work) throws InterruptedException {
        try (MemoryBudget.Share _ = memory.take(bytes)) {
            PngCodec codec = codecs.take();
            try {
                return work.apply(codec);
            } finally {
                codecs.add(codec);
            }
        }
    }

    /** Estimates the memory for a decode as a whole: the rows, the pixels, and two copies of the data. */
    private static long needed(byte[] png, ImageHeader header, boolean written) {
        return (BYTES_FOR_A_PIXEL + (written ? BYTES_TO_WRITE_A_PIXEL : 0)) * header.pixels() + 2L * png.length;
    }

    /** Empty if the file has to be decoded as a whole. */
    private Optional<FinishResult> readByRows(byte[] png, ImageHeader header, PngCodec codec) {
        CutOutPixels pixels = new CutOutPixels(header.width(), header.height(), sizes);
        return codec.read(png, pixels)
                ? Optional.of(finished(
                        pixels, Optional.empty(), codec, () -> new EncodedPng(png, header.width(), header.height())))
                : Optional.empty();
    }

    /** For other kinds of PNG and damaged ones, and for words, which are drawn on the pixels. */
    private FinishResult decodeAsAWhole(byte[] png, ImageHeader header, Optional<VisibleLabel> label, PngCodec codec) {
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
        CutOutPixels pixels = new CutOutPixels(image.getWidth(), image.getHeight(), sizes);
        SrgbPixels.rows(image, pixels);
        return finished(
                pixels,
                label,
                codec,
                () -> label.map(words -> encoded(image, words, codec))
                        .orElseGet(() -> new EncodedPng(png, header.width(), header.height())));
    }

    /** @param result makes the result, when the pixels are found good */
    private FinishResult finished(
            CutOutPixels pixels, Optional<VisibleLabel> label, PngCodec codec, Supplier<EncodedPng> result) {
        Optional<String> objection = plausibility.objectionTo(pixels.visibleShare());
        if (objection.isPresent()) {
            return new Implausible(objection.get());
        }
        Map<Integer, EncodedPng> reduced = new HashMap<>();
        pixels.reduced().forEach((size, small) -> reduced.put(size, thumbnail(small, label, codec)));
        EncodedPng picture = result.get();
        return new Pictures(
                picture,
                sizes.stream()
                        .map(size -> new Thumbnail(size, reduced.getOrDefault(size, picture)))
                        .toList());
    }

    /** The words on a thumbnail are drawn on it, because they would be blurred if they were reduced. */
    private static EncodedPng thumbnail(BufferedImage small, Optional<VisibleLabel> label, PngCodec codec) {
        label.ifPresent(words -> words.drawOn(small));
        return new EncodedPng(codec.encode(small), small.getWidth(), small.getHeight());
    }

    /** The picture with the words, which are drawn on the pixels given. */
    private static EncodedPng encoded(BufferedImage image, VisibleLabel words, PngCodec codec) {
        words.drawOn(image);
        return new EncodedPng(codec.encode(image), image.getWidth(), image.getHeight());
    }
}
