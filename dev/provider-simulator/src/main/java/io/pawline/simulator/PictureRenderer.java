package io.pawline.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.simulator.picture.CutOut;
import io.pawline.simulator.picture.PetPhoto;
import io.pawline.simulator.picture.PetPicture;
import io.pawline.simulator.picture.PhotoPalette;
import io.pawline.simulator.picture.PictureCodec;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.util.RawValue;

/**
 * Looks at photos, draws pictures and cuts them out, on as many platform threads as there are processors, however many
 * calls wait. Results are kept while the heap, which may be that of a whole system, has room; a result that was dropped
 * is made again and is the same. Thread-safe.
 */
final class PictureRenderer implements AutoCloseable {

    private static final long KEPT_BYTES = 64L << 20;

    /**
     * An order holds what a picture is drawn from. Its name contains it all, so a simulator that restarts still knows
     * it.
     */
    record Order(
            String prompt,
            long variant,
            int width,
            int height,
            boolean watermark,
            Optional<PhotoPalette> palette,
            Form form) {

        private static final long MOST_PIXELS = 4_096 * 4_096;

        /** The order as a name of ASCII letters, digits, hyphens and underscores. */
        String name() {
            String colors = palette.map(PhotoPalette::text).orElse("-");
            String text = "%d %d %d %b %s %s %s".formatted(variant, width, height, watermark, colors, form, prompt);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        /** The order that has this name; empty if it is no name of an order. */
        static Optional<Order> ofName(String name) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(name), StandardCharsets.UTF_8).split(" ", 7);
                Order order = new Order(
                        parts[6],
                        Long.parseLong(parts[0]),
                        Integer.parseInt(parts[1]),
                        Integer.parseInt(parts[2]),
                        Boolean.parseBoolean(parts[3]),
                        PhotoPalette.parse(parts[4]),
                        Form.valueOf(parts[5]));
                boolean drawable =
                        order.width > 0 && order.height > 0 && (long) order.width * order.height <= MOST_PIXELS;
                return drawable ? Optional.of(order) : Optional.empty();
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException noName) {
                return Optional.empty();
            }
        }

        /** The name of the file. */
        String fileName() {
            return name() + "." + form.extension;
        }

        private Order as(Form other) {
            return new Order(prompt, variant, width, height, watermark, palette, other);
        }
    }

    /** Lists the forms of a drawn picture. */
    enum Form {
        JPEG("jpg", "image/jpeg"),
        PNG("png", "image/png"),
        /** A PNG with a transparent background. */
        TRANSPARENT("png", "image/png");

        private final String extension;
        private final String mediaType;

        Form(String extension, String mediaType) {
            this.extension = extension;
            this.mediaType = mediaType;
        }

        String mediaType() {
            return mediaType;
        }
    }

    private final int drawings;
    private final ExecutorService hands = Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().name("simulator-pictures-", 0).daemon().factory());
    private final Cache<Order, byte[]> drawn = keptBytes();
    private final Cache<Order, byte[]> cutOuts = keptBytes();
    // A RawValue keeps the JSON as text and as bytes
    private final Cache<Order, RawValue> answers = Caffeine.newBuilder()
            .softValues()
            .maximumWeight(2 * KEPT_BYTES)
            .weigher((Order _, RawValue json) -> 2 * ((SerializedString) json.rawValue()).charLength())
            .build();
    private final Cache<String, Optional<PetPhoto>> seen =
            Caffeine.newBuilder().maximumSize(10_000).build();
    private final Cache<String, Optional<PhotoPalette>> palettes =
            Caffeine.newBuilder().maximumSize(10_000).build();

    /**
     * @param drawings the number of different pictures at most, however many prompts there are; 0: one for each prompt
     */
    PictureRenderer(int drawings) {
        this.drawings = drawings;
    }

    private Order drawn(Order order) {
        if (drawings == 0) {
            return order;
        }
        int which = Math.floorMod(order.prompt().hashCode(), drawings);
        return new Order(
                "cat " + which,
                order.variant(),
                order.width(),
                order.height(),
                order.watermark(),
                order.palette(),
                order.form());
    }

    private static Cache<Order, byte[]> keptBytes() {
        return Caffeine.newBuilder()
                .softValues()
                .maximumWeight(KEPT_BYTES)
                .weigher((Order _, byte[] bytes) -> bytes.length)
                .build();
    }

    /** The drawn picture in the form that was ordered. */
    byte[] picture(Order order) {
        Order one = drawn(order);
        return switch (one.form()) {
            case JPEG -> drawn.get(one, _ -> byHand(() -> PictureCodec.jpeg(draw(one))));
            case PNG -> drawn.get(one, _ -> byHand(() -> PictureCodec.png(draw(one))));
            case TRANSPARENT -> cutOut(one);
        };
    }

    private static BufferedImage draw(Order order) {
        return PetPicture.draw(
                order.prompt(), order.variant(), order.width(), order.height(), order.watermark(), order.palette());
    }

    /** The drawn picture without its background, as PNG. */
    byte[] cutOut(Order order) {
        byte[] picture = picture(order.as(Form.JPEG));
        return cutOuts.get(drawn(order).as(Form.JPEG), _ -> cutOut(picture).orElseThrow());
    }

    /** The cut-out as a JSON string in base64, ready to be written. */
    RawValue cutOutAsJson(Order order) {
        byte[] cutOut = cutOut(order);
        return answers.get(drawn(order), _ -> json(cutOut));
    }

    static RawValue json(byte[] bytes) {
        return new RawValue(new SerializedString('"' + Base64.getEncoder().encodeToString(bytes) + '"'));
    }

    /** Cuts this picture out of its background, as PNG; empty if it cannot be decoded. */
    Optional<byte[]> cutOut(byte[] picture) {
        return byHand(() -> PictureCodec.decode(picture).map(CutOut::of).map(PictureCodec::png));
    }

    /** A PNG of this size that is wholly transparent. */
    byte[] nothing(PictureCodec.Size size) {
        return byHand(
                () -> PictureCodec.png(new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_ARGB)));
    }

    /** Describes what a photo shows; empty if it cannot be decoded. */
    Optional<PetPhoto> lookAt(byte[] photo) {
        return seen.get(Hashes.sha256(photo), _ -> byHand(() -> PetPhoto.lookAt(photo)));
    }

    /** The colours of the pet in a photo; empty if it cannot be decoded. */
    Optional<PhotoPalette> colorsOf(byte[] photo) {
        return palettes.get(Hashes.sha256(photo), _ -> byHand(() -> PhotoPalette.of(photo)));
    }

    private <T> T byHand(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, hands).join();
    }

    @Override
    public void close() {
        hands.shutdownNow();
    }
}
