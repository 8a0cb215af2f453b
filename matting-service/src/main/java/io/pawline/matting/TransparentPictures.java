package io.pawline.matting;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Fetched;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.ImageKind;
import io.pawline.stage.MemoryBudget;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Gets pictures that the text-to-image model was asked to make with a transparent background, and looks whether it did.
 * What has one needs no matting. finalize-service checks later whether it may be handed out, as it does with each
 * cut-out. Thread-safe.
 */
final class TransparentPictures {

    /** The result of a look at a picture. */
    sealed interface Found {

        /** The picture has a transparent background. The share that was given holds it, and a copy. */
        @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
        record CutOut(byte[] png) implements Found {
            public CutOut {
                Objects.requireNonNull(png, "png");
            }
        }

        /**
         * The picture has to be cut out.
         *
         * @param why what it is, for the log
         */
        record NotTransparent(String why) implements Found {}

        /** Nobody knows, because the picture cannot be fetched now. */
        record Unreachable(String detail) implements Found {}
    }

    /** Pixels along the longer side that are looked at, about. A few megabytes are never unpacked for it. */
    private static final int LOOKED_AT = 256;

    /** The least alpha of a visible pixel. */
    private static final int VISIBLE = 128;

    /** A background takes at least this share of a picture. Below it, the model has made holes. */
    private static final double LEAST_BACKGROUND = 0.05;

    private static final double LEAST_VISIBLE = 0.005;

    private final ImageFetcher fetcher;

    TransparentPictures(ImageFetcher fetcher) {
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
    }

    /**
     * Fetches the picture and looks at it.
     *
     * @param share takes what the picture needs, and keeps it if the result is a cut-out
     * @throws InterruptedException if the (virtual) thread is interrupted
     */
    Found find(URI picture, Instant deadline, MemoryBudget.Share share) throws InterruptedException {
        // The picture, and its copy with the label
        BodyMemory memory = new BodyMemory(share::takeNow, share::take).twice();
        return switch (fetcher.fetch(picture, deadline, memory)) {
            case Fetched.Image image -> {
                share.shrinkTo(2L * image.bytes().length);
                yield objection(image)
                        .<Found>map(Found.NotTransparent::new)
                        .orElseGet(() -> new Found.CutOut(image.bytes()));
            }
            case Fetched.NotFetched failed ->
                failed.retryable() ? new Found.Unreachable(failed.detail()) : new Found.NotTransparent(failed.detail());
        };
    }

    private static Optional<String> objection(Fetched.Image image) {
        if (image.kind() != ImageKind.PNG) {
            return Optional.of("it is a " + image.kind());
        }
        BufferedImage pixels;
        try {
            pixels = decodeSome(image.bytes());
        } catch (IOException damaged) {
            return Optional.of("its PNG is damaged");
        }
        double visible = visibleShare(pixels);
        if (visible < LEAST_VISIBLE) {
            return Optional.of("nothing in it is visible");
        }
        return visible > 1 - LEAST_BACKGROUND ? Optional.of("its background is not transparent") : Optional.empty();
    }

    /** Decodes every n-th pixel of every n-th row, so that the memory does not grow with the picture. */
    private static BufferedImage decodeSome(byte[] png) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
            // Without metadata: compressed texts and profiles are skipped, because they could unpack to any size
            reader.setInput(input, true, true);
            int step = Math.max(1, Math.max(reader.getWidth(0), reader.getHeight(0)) / LOOKED_AT);
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(step, step, 0, 0);
            return reader.read(0, param);
        } catch (RuntimeException e) {
            // The JDK's reader throws whatever exception it meets for some kinds of damage
            throw new IOException("damaged in a way that the reader does not expect", e);
        } finally {
            reader.dispose();
        }
    }

    private static double visibleShare(BufferedImage image) {
        int visible = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                if (image.getRGB(x, y) >>> 24 >= VISIBLE) {
                    visible++;
                }
            }
        }
        return (double) visible / (image.getWidth() * image.getHeight());
    }
}
