package io.pawline.local.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.local.simulator.picture.CutOut;
import io.pawline.local.simulator.picture.PetPhoto;
import io.pawline.local.simulator.picture.PetPicture;
import io.pawline.local.simulator.picture.Pictures;
import java.awt.image.BufferedImage;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Where pictures are looked at, drawn and cut out: on as many platform threads as there are processors, whatever number of
 * calls wait for them. Results are kept while there is room; what was dropped is made again, the same. Thread-safe.
 */
final class Studio implements AutoCloseable {

    private static final long KEPT_BYTES = 64L << 20;
    private static final long KEPT_ORDERS = 200_000;

    /** What a picture is drawn from. */
    record Order(String prompt, long variant, int width, int height, boolean watermark) {}

    private final ExecutorService hands = Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().name("simulator-pictures-", 0).daemon().factory());
    private final Cache<String, Order> orders =
            Caffeine.newBuilder().maximumSize(KEPT_ORDERS).build();
    private final Cache<Order, byte[]> drawn = keptBytes();
    private final Cache<Order, byte[]> cutOuts = keptBytes();
    private final Cache<String, Optional<PetPhoto>> seen =
            Caffeine.newBuilder().maximumSize(10_000).build();

    private static Cache<Order, byte[]> keptBytes() {
        return Caffeine.newBuilder()
                .maximumWeight(KEPT_BYTES)
                .weigher((Order _, byte[] bytes) -> bytes.length)
                .build();
    }

    /** Draws it and keeps it under a new, unguessable name. */
    String draw(Order order) {
        picture(order);
        String name = UUID.randomUUID().toString().replace("-", "");
        orders.put(name, order);
        return name;
    }

    Optional<Order> order(String name) {
        return Optional.ofNullable(orders.getIfPresent(name));
    }

    /** The drawn picture as JPEG. */
    byte[] picture(Order order) {
        return drawn.get(
                order,
                _ -> byHand(() -> Pictures.jpeg(PetPicture.draw(
                        order.prompt(), order.variant(), order.width(), order.height(), order.watermark()))));
    }

    /** The drawn picture without its background, as PNG. */
    byte[] cutOut(Order order) {
        byte[] picture = picture(order);
        return cutOuts.get(order, _ -> cutOut(picture).orElseThrow());
    }

    /** This picture without its background, as PNG; empty if it cannot be decoded. */
    Optional<byte[]> cutOut(byte[] picture) {
        return byHand(() -> Pictures.decode(picture).map(CutOut::of).map(Pictures::png));
    }

    /** A PNG of this size in which there is nothing. */
    byte[] nothing(Pictures.Size size) {
        return byHand(() -> Pictures.png(new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_ARGB)));
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
