package io.pawline.e2e;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Submits tasks at a steady rate until it is stopped. */
final class SteadyLoad implements AutoCloseable {

    /** Submits the task with this number and returns its id. */
    interface Submission {
        String submit(int number) throws IOException;
    }

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<IOException> failed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger number = new AtomicInteger();

    SteadyLoad(int perSecond, Submission submission) {
        // The timer only hands over, so a slow answer delays no other
        var _ = threads.scheduleAtFixedRate(
                () -> threads.execute(() -> submit(submission)), 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    private void submit(Submission submission) {
        try {
            accepted.add(submission.submit(number.getAndIncrement()));
        } catch (IOException refused) {
            failed.add(refused);
        }
    }

    /** The tasks accepted so far. */
    List<String> accepted() {
        return List.copyOf(accepted);
    }

    /** The tasks that were not accepted, with the reasons. */
    List<IOException> failed() {
        return List.copyOf(failed);
    }

    /** Stops and waits for the answers that are still to come. */
    void end() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("a submission has no answer after a minute");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
