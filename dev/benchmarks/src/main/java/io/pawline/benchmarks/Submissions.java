package io.pawline.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Submits tasks to ingest-service over connections that are kept: as fast as it accepts them, or at a steady rate. */
final class Submissions implements AutoCloseable {

    private final AtomicLong number = new AtomicLong();
    private final Queue<Accepted> accepted = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<IngestConnection> connections;

    /**
     * A task that was accepted; its times are by {@link System#nanoTime}.
     *
     * @param posted when its request was begun
     * @param answered when its answer was there
     */
    record Accepted(String id, long posted, long answered) {}

    Submissions(int port, int connections) throws IOException {
        this(port, connections, Optional.empty());
    }

    /** Submits with this API key. */
    Submissions(int port, int connections, Optional<String> key) throws IOException {
        this.connections = new ArrayBlockingQueue<>(connections);
        for (int i = 0; i < connections; i++) {
            this.connections.add(new IngestConnection(port, key));
        }
    }

    /** The tasks that were accepted up to now. */
    List<Accepted> accepted() {
        return List.copyOf(accepted);
    }

    /** Posts for this time over all connections at once; returns how many tasks a second were accepted. */
    double atOnce(Duration time) throws InterruptedException {
        int before = accepted.size();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> posting = new ArrayList<>();
            for (IngestConnection connection : connections) {
                posting.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        post(connection);
                    }
                    return null;
                }));
            }
            awaitAll(posting);
        }
        return (accepted.size() - before) / ((System.nanoTime() - start) / 1e9);
    }

    /** Posts this many tasks over all connections at once. */
    void atOnce(int tasks) throws InterruptedException {
        AtomicLong left = new AtomicLong(tasks);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> posting = new ArrayList<>();
            for (IngestConnection connection : connections) {
                posting.add(threads.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        post(connection);
                    }
                    return null;
                }));
            }
            awaitAll(posting);
        }
    }

    /**
     * Posts at a steady rate, whether or not earlier requests have been answered. Returns how long each took in
     * nanoseconds, ascending. The time begins when the request is due, so a wait for a connection counts.
     */
    long[] paced(int perSecond, Duration time) throws InterruptedException {
        int tasks = Math.toIntExact(perSecond * time.toMillis() / 1000);
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long[] took = new long[tasks];
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> posting = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                int place = i;
                long due = start + place * interval;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                posting.add(threads.submit(() -> {
                    IngestConnection connection = connections.take();
                    try {
                        post(connection);
                    } finally {
                        connections.add(connection);
                    }
                    took[place] = System.nanoTime() - due;
                    return null;
                }));
            }
            awaitAll(posting);
        }
        Arrays.sort(took);
        return took;
    }

    private void post(IngestConnection connection) throws IOException {
        long posted = System.nanoTime();
        String id = connection.post(number.getAndIncrement());
        accepted.add(new Accepted(id, posted, System.nanoTime()));
    }

    private static void awaitAll(List<Future<?>> posting) throws InterruptedException {
        for (Future<?> each : posting) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                throw new IllegalStateException("a task was not accepted", failed.getCause());
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (IngestConnection connection : connections) {
            connection.close();
        }
    }
}
