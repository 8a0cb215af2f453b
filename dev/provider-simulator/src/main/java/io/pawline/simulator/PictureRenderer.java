package io.pawline.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.simulator.picture.CutOut;
import io.pawline.simulator.picture.PetPhoto;
import io.pawline.simulator.picture.PetPicture;
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
 * Where pictures are looked at, drawn and cut out: on as many platform threads as there are processors, whatever number of
 * calls wait for them. Results are kept while there is room; what was dropped is made again, the same. Thread-safe.
 */
final class PictureRenderer implements AutoCloseable {

    private static final long KEPT_BYTES = 64L << 20;

    /** What a picture is drawn from. Its name says it all, so a simulator that was killed still knows it afterwards. */
    record Order(String prompt, long variant, int width, int height, boolean watermark) {

        private static final int LARGEST_SIDE = 4_096;

        /** The order as letters, digits, hyphens and underscores. */
        String name() {
            String text = "%d %d %d %b %s".formatted(variant, width, height, watermark, prompt);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        /** The order of this name, if it is one. */
        static Optional<Order> ofName(String name) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(name), StandardCharsets.UTF_8).split(" ", 5);
                Order order = new Order(
                        parts[4],
                        Long.parseLong(parts[0]),
                        Integer.parseInt(parts[1]),
                        Integer.parseInt(parts[2]),
                        Boolean.parseBoolean(parts[3]));
                int least = Math.min(order.width, order.height);
                int most = Math.max(order.width, order.height);
                return least > 0 && most <= LARGEST_SIDE ? Optional.of(order) : Optional.empty();
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException noName) {
                return Optional.empty();
            }
        }
    }

    private final int drawings;
    private final ExecutorService hands = Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().name("simulator-pictures-", 0).daemon().factory());
    private final Cache<Order, byte[]> drawn = keptBytes();
    private final Cache<Order, byte[]> cutOuts = keptBytes();
    // Kept as text and as bytes
    private final Cache<Order, RawValue> answers = Caffeine.newBuilder()
            .maximumWeight(2 * KEPT_BYTES)
            .weigher((Order _, RawValue json) -> 2 * ((SerializedString) json.rawValue()).charLength())
            .build();
    private final Cache<String, Optional<PetPhoto>> seen =
            Caffeine.newBuilder().maximumSize(10_000).build();

    /** @param drawings so many different pictures at most, however many prompts; 0: one for each */
    PictureRenderer(int drawings) {
        this.drawings = drawings;
    }

    private Order drawn(Order order) {
        if (drawings == 0) {
            return order;
        }
        int which = Math.floorMod(order.prompt().hashCode(), drawings);
        return new Order("cat " + which, order.variant(), order.width(), order.height(), order.watermark());
    }

    private static Cache<Order, byte[]> keptBytes() {
        return Caffeine.newBuilder()
                .maximumWeight(KEPT_BYTES)
                .weigher((Order _, byte[] bytes) -> bytes.length)
                .build();
    }

    /** The drawn picture as JPEG. */
    byte[] picture(Order order) {
        Order one = drawn(order);
        return drawn.get(
                one,
                _ -> byHand(() -> PictureCodec.jpeg(
                        PetPicture.draw(one.prompt(), one.variant(), one.width(), one.height(), one.watermark()))));
    }

    /** The drawn picture without its background, as PNG. */
    byte[] cutOut(Order order) {
        byte[] picture = picture(order);
        return cutOuts.get(drawn(order), _ -> cutOut(picture).orElseThrow());
    }

    /** The same as a JSON string of its base64, ready to be written. */
    RawValue cutOutAsJson(Order order) {
        byte[] cutOut = cutOut(order);
        return answers.get(drawn(order), _ -> json(cutOut));
    }

    static RawValue json(byte[] bytes) {
        return new RawValue(new SerializedString('"' + Base64.getEncoder().encodeToString(bytes) + '"'));
    }

    /** This picture without its background, as PNG; empty if it cannot be decoded. */
    Optional<byte[]> cutOut(byte[] picture) {
        return byHand(() -> PictureCodec.decode(picture).map(CutOut::of).map(PictureCodec::png));
    }

    /** A PNG of this size in which there is nothing. */
    byte[] nothing(PictureCodec.Size size) {
        return byHand(
                () -> PictureCodec.png(new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_ARGB)));
    }

    /** What is to be seen in a photo; empty if it cannot be decoded. */
    Optional<PetPhoto> lookAt(byte[] photo) {
        return seen.get(Hashes.sha256(photo), _ -> byHand(() -> PetPhoto.lookAt(photo)));
    }

    private <T> T byHand(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, hands).join();
    }

    @Override
    public void close() {
        hands.shutdownNow();
    }
}
