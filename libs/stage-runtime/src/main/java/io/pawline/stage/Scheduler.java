package io.pawline.stage;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Gives a stage its time, its threads, and all in which a thread waits. Nothing else in the runtime starts a thread,
 * sleeps or blocks, so whoever implements this decides which thread runs, and when. {@link SystemScheduler} is that of
 * the machine. The simulation has another, in which one thread runs at a time and the time is a number. All methods are
 * thread-safe.
 *
 * <p>Locks that are held for bookkeeping alone are no part of it: nobody waits for anything while holding one.
 */
public interface Scheduler {

    /** Returns the time in nanoseconds since some moment, as {@link System#nanoTime} does: it runs evenly. */
    long nanoTime();

    /** Waits for so long; not at all if the time is negative. */
    void sleep(Duration time) throws InterruptedException;

    /**
     * Waits for a result.
     *
     * @throws ExecutionException if it failed
     */
    <T extends @Nullable Object> T await(CompletableFuture<T> result) throws InterruptedException, ExecutionException;

    /**
     * Makes a thread of the machine that is not started, for what runs as long as its owner.
     *
     * @param daemon whether the process may end before it does
     */
    Worker platformThread(String name, boolean daemon, Runnable work);

    /** Makes a virtual thread that is not started. */
    Worker virtualThread(String name, Runnable work);

    /** Makes what starts a virtual thread for each piece of work. Their names are the prefix and a number. */
    Executor virtualThreads(String prefix);

    <T> Mailbox<T> mailbox();

    Signal signal();

    /** Makes a timer with a thread of its own. */
    Timer timer(String name);

    /** Runs one piece of work on a thread of its own. */
    interface Worker {

        /** Begins the work; may be called once. */
        void start();

        /** Says whether the work has begun and not ended. */
        boolean isAlive();

        /** Ends the thread's waiting, this one or the next. */
        void interrupt();

        /**
         * Waits for the end of the work, which must have begun.
         *
         * @return whether it ended within this time
         */
        boolean join(Duration longest) throws InterruptedException;
    }

    /** Takes what any thread puts in, for one thread that waits for it. In the order of arrival, without a bound. */
    interface Mailbox<T> {

        void add(T message);

        /** Waits for the next message, for so long at most; null if none came. */
        @Nullable
        T poll(Duration longest) throws InterruptedException;

        /** Waits for the next message. */
        T take() throws InterruptedException;

        /** Takes the messages that are there, so many at most. */
        void drainTo(Collection<? super T> messages, int most);

        /** Takes out this message; false if it is not there. */
        boolean remove(T message);
    }

    /** Says once, to all who wait for it, that something has happened. */
    interface Signal {

        /** Gives the signal; doing so again changes nothing. */
        void give();

        boolean given();

        /** Waits for the signal, and says whether it was given within this time. */
        boolean await(Duration longest) throws InterruptedException;
    }

    /** Runs short pieces of work, each after a delay, one at a time. */
    interface Timer extends AutoCloseable {

        /** Runs this after so many milliseconds; at once if there are none. Cancelling it takes it out. */
        Future<?> schedule(Runnable work, long delayMillis);

        /** Counts what has not run. */
        int waiting();

        /** Runs nothing more. */
        @Override
        void close();
    }
}
