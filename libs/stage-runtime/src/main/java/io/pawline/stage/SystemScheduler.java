package io.pawline.stage;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gives the time and the threads of the machine. Thread-safe. */
public final class SystemScheduler implements Scheduler {

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> result)
            throws InterruptedException, ExecutionException {
        return result.get();
    }

    @Override
    public Worker platformThread(String name, boolean daemon, Runnable work) {
        return new Running(Thread.ofPlatform().daemon(daemon).name(name).unstarted(work));
    }

    @Override
    public Worker virtualThread(String name, Runnable work) {
        return new Running(Thread.ofVirtual().name(name).unstarted(work));
    }

    @Override
    public Executor virtualThreads(String prefix) {
        ThreadFactory threads = Thread.ofVirtual().name(prefix, 0).factory();
        return work -> threads.newThread(work).start();
    }

    @Override
    public <T> Mailbox<T> mailbox() {
        return new Queue<>();
    }

    @Override
    public Signal signal() {
        return new Latch();
    }

    @Override
    public Timer timer(String name) {
        return new Heap(name);
    }

    private record Running(Thread thread) implements Worker {

        @Override
        public void start() {
            thread.start();
        }

        @Override
        public boolean isAlive() {
            return thread.isAlive();
        }

        @Override
        public void interrupt() {
            thread.interrupt();
        }

        @Override
        public boolean join(Duration longest) throws InterruptedException {
            return thread.join(longest);
        }
    }

    private static final class Queue<T> implements Mailbox<T> {

        private final LinkedBlockingQueue<T> messages = new LinkedBlockingQueue<>();

        @Override
        public void add(T message) {
            messages.add(message);
        }

        @Override
        public @Nullable T poll(Duration longest) throws InterruptedException {
            return messages.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public T take() throws InterruptedException {
            return messages.take();
        }

        @Override
        public void drainTo(Collection<? super T> taken, int most) {
            messages.drainTo(taken, most);
        }

        @Override
        public boolean remove(T message) {
            return messages.remove(message);
        }
    }

    private static final class Latch implements Signal {

        private final CountDownLatch latch = new CountDownLatch(1);

        @Override
        public void give() {
            latch.countDown();
        }

        @Override
        public boolean given() {
            return latch.getCount() == 0;
        }

        @Override
        public boolean await(Duration longest) throws InterruptedException {
            return latch.await(longest.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private static final class Heap implements Timer {

        private final ScheduledThreadPoolExecutor heap;

        Heap(String name) {
            heap = new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name(name).factory());
            heap.setRemoveOnCancelPolicy(true);
            heap.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        }

        @Override
        public Future<?> schedule(Runnable work, long delayMillis) {
            return heap.schedule(work, delayMillis, TimeUnit.MILLISECONDS);
        }

        @Override
        public int waiting() {
            return heap.getQueue().size();
        }

        @Override
        public void close() {
            heap.shutdownNow();
        }
    }
}
