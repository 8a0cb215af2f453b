package io.pawline.mattingmodel.work;

import io.pawline.mattingmodel.work.NotCutOutException.Fault;

/**
 * Bounds the pictures that a process has taken on, and the memory that they hold. Nothing waits here: what has no room is
 * refused, because the client knows better how long it can wait. Thread-safe.
 */
public final class Places {

    private final int most;
    private final long mostBytes;
    private int taken;
    private long held;

    /**
     * @param most pictures that are cut out or wait
     * @param mostBytes that all pictures together may hold
     */
    public Places(int most, long mostBytes) {
        if (most < 1 || mostBytes < 1) {
            throw new IllegalArgumentException(
                    "places and bytes must be > 0, were %d and %d".formatted(most, mostBytes));
        }
        this.most = most;
        this.mostBytes = mostBytes;
    }

    /**
     * Takes a place.
     *
     * @throws NotCutOutException if all are taken
     */
    public synchronized Place take() {
        if (taken == most) {
            throw new NotCutOutException(
                    Fault.BUSY, "%d pictures are being cut out or wait: send this one again later".formatted(most));
        }
        taken++;
        return new Place();
    }

    /** The number of places that are taken. */
    public synchronized int taken() {
        return taken;
    }

    /** The bytes that pictures hold. */
    public synchronized long heldBytes() {
        return held;
    }

    private synchronized long exchange(long before, long after) {
        if (after > mostBytes) {
            throw new NotCutOutException(
                    Fault.TOO_LARGE,
                    "the picture needs %d MB of memory to be cut out, and there are %d: send a smaller one"
                            .formatted(after >> 20, mostBytes >> 20));
        }
        if (held - before + after > mostBytes) {
            throw new NotCutOutException(Fault.NO_MEMORY, "other pictures hold the memory: send this one again later");
        }
        held += after - before;
        return after;
    }

    private synchronized void leave(long before) {
        held -= before;
        taken--;
    }

    /** The place of one picture. Used by one thread at a time. */
    public final class Place implements AutoCloseable {

        private long bytes;
        private boolean closed;

        private Place() {}

        /**
         * Holds so many bytes instead of those that it holds.
         *
         * @throws NotCutOutException if they are not free; it holds what it held then
         */
        public void hold(long wanted) {
            bytes = exchange(bytes, wanted);
        }

        /** The bytes that it holds. */
        public long heldBytes() {
            return bytes;
        }

        /** Gives the place and its memory back; doing so again changes nothing. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                leave(bytes);
            }
        }
    }
}
