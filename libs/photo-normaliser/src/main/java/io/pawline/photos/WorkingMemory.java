package io.pawline.photos;

/**
 * Gives the memory in which a photo is decoded, from what the service has for it.
 *
 * @param most bytes that one photo can have. A photo that needs more is refused
 * @param source of the bytes
 */
public record WorkingMemory(long most, Source source) {

    /** So that one photo that is decoded leaves room for everything else. */
    private static final int PARTS_OF_HEAP = 3;

    /** Gives up to a third of the heap to one photo. */
    public static WorkingMemory ofHeap(Source source) {
        return new WorkingMemory(Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP, source);
    }

    /** Where the bytes come from. */
    @FunctionalInterface
    public interface Source {
        /**
         * Takes so many bytes, and waits for them.
         *
         * @throws InterruptedException if the thread is interrupted; nothing is held then
         */
        Held take(long bytes) throws InterruptedException;
    }

    /** Holds bytes until it is closed, on whichever thread. */
    @FunctionalInterface
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }
}
