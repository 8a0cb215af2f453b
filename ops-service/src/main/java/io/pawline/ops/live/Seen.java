package io.pawline.ops.live;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * Remembers names for {@link LiveTopology#REMEMBERED}, so that each counts once. It keeps 64 bits of a hash instead of
 * the name: of five million names, which is an hour of 100 tasks a second, two are taken for each other once in a million
 * hours. For one thread.
 */
final class Seen {

    private static final byte[] NOTHING = {};

    private final WindowStore<byte[], byte[]> store;

    Seen(WindowStore<byte[], byte[]> store) {
        this.store = store;
    }

    /** Builds a store that forgets by itself. */
    static StoreBuilder<WindowStore<byte[], byte[]>> store(String name) {
        return Stores.windowStoreBuilder(
                Stores.persistentWindowStore(name, LiveTopology.REMEMBERED, Duration.ofMillis(1), false),
                Serdes.ByteArray(),
                Serdes.ByteArray());
    }

    /** Says whether the name is not known from about the same time, and remembers it. */
    boolean isNew(String name, Instant at) {
        byte[] key = hash(name);
        Instant from = at.minus(LiveTopology.REMEMBERED);
        try (WindowStoreIterator<byte[]> before = store.fetch(key, from, at.plus(LiveTopology.REMEMBERED))) {
            if (before.hasNext()) {
                return false;
            }
        }
        store.put(key, NOTHING, at.toEpochMilli());
        return true;
    }

    private static byte[] hash(String name) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(whole, Long.BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
