package io.pawline.outbound;

import java.util.Objects;
import java.util.function.LongPredicate;

/**
 * Gives a call the memory for the body of its answer, when its headers are there and before the body is read. It is
 * asked for so many bytes as reading takes at most: the length of the body, or twice the limit if no length is named.
 * What it gave for one body may be used for the next one.
 *
 * @param now takes so many bytes instead of those taken before, if that needs no wait; if it does, nothing is held
 * @param waiting does the same, and waits
 */
public record BodyMemory(LongPredicate now, Waiting waiting) {

    /** Counts nothing, for bodies whose limit is small. */
    public static final BodyMemory UNCOUNTED = new BodyMemory(_ -> true, _ -> {});

    /** Waits until there is so much memory. */
    @FunctionalInterface
    public interface Waiting {
        /**
         * Takes so many bytes instead of those taken before.
         *
         * @throws InterruptedException if the thread is interrupted; nothing is held then
         */
        void take(long bytes) throws InterruptedException;
    }

    public BodyMemory {
        Objects.requireNonNull(now, "now");
        Objects.requireNonNull(waiting, "waiting");
    }

    /** The same, with twice as much for each body: for the body and for what is made of it. */
    public BodyMemory twice() {
        return times(2);
    }

    /** The same, with so many times as much for each body. */
    public BodyMemory times(int factor) {
        return new BodyMemory(bytes -> now.test(factor * bytes), bytes -> waiting.take(factor * bytes));
    }
}
