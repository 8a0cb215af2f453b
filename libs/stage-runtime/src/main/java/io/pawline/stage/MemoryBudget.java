package io.pawline.stage;

import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * Divides a part of the heap among the tasks at work. A task takes what it will hold before it loads it, and waits while
 * others hold too much. Tasks get their shares in the order in which they asked, so a large one is not passed by small
 * ones. A task that needs more than the whole budget gets the whole budget alone. Thread-safe.
 *
 * <p>A task must not take a second share of the same budget while it holds one: two such tasks could wait for each other.
 */
public final class MemoryBudget {

    /** Shares are counted in units of this size, for a semaphore counts to two billion only. */
    private static final long UNIT = 1024;

    private final int units;
    private final Semaphore free;

    /** @param bytes that all tasks together may hold, at least 1 KiB */
    public MemoryBudget(long bytes) {
        if (bytes < UNIT) {
            throw new IllegalArgumentException("a memory budget must be >= 1 KiB, was " + bytes + " bytes");
        }
        this.units = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
        this.free = new Semaphore(units, true);
    }

    /** Makes a budget of this share of the heap that the process may have, between 0 and 1. */
    public static MemoryBudget ofHeap(double share) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("pawline.memory.share must be between 0 and 1, was " + share);
        }
        return new MemoryBudget((long) (share * Runtime.getRuntime().maxMemory()));
    }

    /**
     * Makes a budget of half the size. Two of them divide this one, for tasks that take a second share while they hold a
     * first. Use either this budget or its halves.
     */
    public MemoryBudget half() {
        return new MemoryBudget(Math.max(UNIT, units * UNIT / 2));
    }

    /**
     * Takes a share of so many bytes, and waits for it on the thread of the task.
     *
     * @throws InterruptedException if the runtime gives the task up; nothing is taken then
     */
    public Share take(long bytes) throws InterruptedException {
        Share share = none();
        share.take(bytes);
        return share;
    }

    /** Makes a share that holds nothing, for a task that learns amid its work how much it will hold. */
    public Share none() {
        return new Share(0);
    }

    /** Returns how many bytes nobody holds, rounded down to 1 KiB. */
    public long freeBytes() {
        return free.availablePermits() * UNIT;
    }

    private int units(long bytes) {
        return Math.clamp(Math.ceilDiv(bytes, UNIT), 0, units);
    }

    /** Does something with a share. */
    @FunctionalInterface
    public interface Work<T> {
        T within(Share share) throws InterruptedException;
    }

    /** Holds what one task has taken. Used by one thread at a time. */
    public final class Share implements AutoCloseable {

        private int held;

        private Share(int held) {
            this.held = held;
        }

        /**
         * Gives back all that is held, and takes so many bytes instead, as {@link MemoryBudget#take} does. Nothing is held
         * during the wait.
         *
         * @throws InterruptedException if the runtime gives the task up; nothing is held then
         */
        public void take(long bytes) throws InterruptedException {
            close();
            int wanted = units(bytes);
            free.acquire(wanted);
            held = wanted;
        }

        /**
         * Gives back all that is held, and takes so many bytes instead if they are free and nobody waits.
         *
         * @return false if they are not; nothing is held then
         */
        public boolean takeNow(long bytes) {
            close();
            int wanted = units(bytes);
            if (free.hasQueuedThreads() || !free.tryAcquire(wanted)) {
                return false;
            }
            held = wanted;
            return true;
        }

        /**
         * Does work that may keep this share. If its result does not, or if it fails, everything is given back.
         *
         * @param keeps whether a result keeps the share, which whoever has the result then closes
         * @throws InterruptedException if the work does
         */
        public <T> T keepIf(Predicate<T> keeps, Work<T> work) throws InterruptedException {
            boolean kept = false;
            try {
                T result = work.within(this);
                kept = keeps.test(result);
                return result;
            } finally {
                if (!kept) {
                    close();
                }
            }
        }

        /** Gives back what is held beyond so many bytes. */
        public void shrinkTo(long bytes) {
            int rest = Math.min(held, units(bytes));
            free.release(held - rest);
            held = rest;
        }

        /** Gives everything back; doing so again changes nothing. */
        @Override
        public void close() {
            shrinkTo(0);
        }
    }
}
