package io.pawline.schemas.serde;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A map whose values are fetched when first asked for: once per key however many threads ask, without one key's fetch
 * holding up another's. A failed fetch is told to all who waited for it and is not remembered. Values are never dropped,
 * so the keys must be few.
 */
final class OnceCache<K, V> {

    private final ConcurrentMap<K, CompletableFuture<V>> values = new ConcurrentHashMap<>();
    private final Function<K, V> fetch;

    OnceCache(Function<K, V> fetch) {
        this.fetch = fetch;
    }

    /**
     * The key's value, waiting for it if need be; what the fetch throws is thrown on.
     *
     * @throws InterruptException if the caller is interrupted while it waits; the fetch goes on for the others
     */
    V get(K key) {
        CompletableFuture<V> known = values.get(key);
        if (known == null) {
            CompletableFuture<V> fresh = new CompletableFuture<>();
            known = values.putIfAbsent(key, fresh);
            if (known == null) {
                // On a thread of its own, so that no interrupted caller takes the others down with it.
                Thread.ofVirtual().name("schema-fetch").start(() -> fill(key, fresh));
                known = fresh;
            }
        }
        return await(known);
    }

    /** Notes a value that became known in another way, unless the key has one. */
    void put(K key, V value) {
        values.putIfAbsent(key, CompletableFuture.completedFuture(value));
    }

    private void fill(K key, CompletableFuture<V> fresh) {
        try {
            fresh.complete(fetch.apply(key));
        } catch (RuntimeException | Error e) {
            values.remove(key, fresh);
            fresh.completeExceptionally(e);
        }
    }

    private static <V> V await(CompletableFuture<V> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
