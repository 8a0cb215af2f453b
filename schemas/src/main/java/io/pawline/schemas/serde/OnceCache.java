package io.pawline.schemas.serde;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Fetches a value when it is first asked for, and keeps it. It fetches once per key, however many threads ask, and the
 * fetch of one key does not delay another. All threads that wait for a failed fetch get its exception, and the next one
 * fetches again. Values are never dropped, so the keys must be few.
 */
final class OnceCache<K, V> {

    private final ConcurrentMap<K, CompletableFuture<V>> values = new ConcurrentHashMap<>();
    private final Function<K, V> fetch;

    OnceCache(Function<K, V> fetch) {
        this.fetch = fetch;
    }

    /**
     * The value of the key. The caller waits for it if necessary, and gets the exception of the fetch.
     *
     * @throws InterruptException if the caller is interrupted while it waits; the fetch continues for the others
     */
    V get(K key) {
        CompletableFuture<V> known = values.get(key);
        if (known == null) {
            CompletableFuture<V> fresh = new CompletableFuture<>();
            known = values.putIfAbsent(key, fresh);
            if (known == null) {
                // On a thread of its own, so that an interrupt of one caller does not end the fetch for the others
                Thread.ofVirtual().name("schema-fetch").start(() -> fill(key, fresh));
                known = fresh;
            }
        }
        return await(known);
    }

    /** Adds a value that is known in another way, unless the key has one. */
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
