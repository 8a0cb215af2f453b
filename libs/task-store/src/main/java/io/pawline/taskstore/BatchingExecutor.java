package io.pawline.taskstore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Executes the items of many callers in batches. Items that come in while a batch is under way go into the next batch.
 * So all who wait anyway share one transaction and one wait for the disk, and no caller waits for a batch to fill (<a
 * href="https://www.postgresql.org/docs/current/wal-configuration.html">group commit</a>, one level up). Thread-safe.
 */
final class BatchingExecutor<I, O> {

    /** Batches at once: two, so that one is prepared while the other waits for the disk. */
    private static final int CONCURRENT_BATCHES = 2;

    /** Executes a batch as a whole: if it throws, nothing of the batch is done. */
    @FunctionalInterface
    interface BatchWork<I, O> {

        /** One answer for each item, in their order. */
        List<O> execute(List<I> items);
    }

    private record Pending<I, O>(I item, CompletableFuture<O> answer) {}

    private final BatchWork<I, O> work;
    private final int maxBatch;
    private final Duration longestWait;
    private final Queue<Pending<I, O>> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore slots = new Semaphore(CONCURRENT_BATCHES);

    /**
     * @param maxBatch most items in one batch
     * @param longestWait for a batch to take an item
     */
    BatchingExecutor(BatchWork<I, O> work, int maxBatch, Duration longestWait) {
        this.work = work;
        this.maxBatch = maxBatch;
        this.longestWait = longestWait;
    }

    /**
     * Executes an item in a batch, and waits for its result.
     *
     * @throws DatabaseUnavailableException if the work throws it, or no batch takes the item in time; then the item is
     *     not known to be executed
     */
    O submit(I item) {
        Pending<I, O> pending = new Pending<>(item, new CompletableFuture<>());
        waiting.add(pending);
        startBatches();
        try {
            return answer(pending);
        } catch (InterruptedException stopped) {
            waiting.remove(pending);
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException(stopped);
        }
    }

    /** The number of items that no batch has taken. */
    int waiting() {
        return waiting.size();
    }

    private O answer(Pending<I, O> pending) throws InterruptedException {
        try {
            try {
                return pending.answer().get(longestWait.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException late) {
                if (waiting.remove(pending)) {
                    throw new DatabaseUnavailableException(late);
                }
                return pending.answer().get();
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException known ? known : new IllegalStateException(failed);
        }
    }

    private void startBatches() {
        if (!waiting.isEmpty() && slots.tryAcquire()) {
            Thread.ofVirtual().name("batch").start(this::runBatches);
        }
    }

    private void runBatches() {
        try {
            for (List<Pending<I, O>> batch = next(maxBatch); !batch.isEmpty(); batch = next(maxBatch)) {
                run(batch);
            }
        } finally {
            slots.release();
        }
        // Takes an item that came between the last look and the release.
        startBatches();
    }

    private List<Pending<I, O>> next(int atMost) {
        List<Pending<I, O>> batch = new ArrayList<>();
        while (batch.size() < atMost) {
            Pending<I, O> pending = waiting.poll();
            if (pending == null) {
                break;
            }
            batch.add(pending);
        }
        return batch;
    }

    private void run(List<Pending<I, O>> batch) {
        try {
            List<O> answers = work.execute(batch.stream().map(Pending::item).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer().complete(answers.get(i));
            }
        } catch (DatabaseUnavailableException lost) {
            fail(batch, lost);
            if (lost.concernsEverybody()) {
                // Items that wait would meet the same failure, only later.
                fail(next(Integer.MAX_VALUE), lost);
            }
        } catch (RuntimeException e) {
            if (batch.size() == 1) {
                batch.getFirst().answer().completeExceptionally(e);
            } else {
                // One bad item must not fail the others.
                batch.forEach(pending -> run(List.of(pending)));
            }
        } finally {
            batch.forEach(pending -> pending.answer().completeExceptionally(new IllegalStateException("no answer")));
        }
    }

    private void fail(List<Pending<I, O>> pending, DatabaseUnavailableException lost) {
        pending.forEach(each -> each.answer().completeExceptionally(new DatabaseUnavailableException(lost)));
    }
}
