package io.pawline.service;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats work on a thread of its own. A failure is logged, and the work goes on after the next pause. Thread-safe.
 */
public final class Periodic implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Periodic.class);

    private final ScheduledExecutorService thread;

    private Periodic(ScheduledExecutorService thread) {
        this.thread = thread;
    }

    /**
     * Starts the thread; the first round comes after the first pause.
     *
     * @param name of the thread, and of the work in the log
     * @param pause between the end of one round and the beginning of the next
     */
    public static Periodic start(String name, Duration pause, Runnable work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
        var _ = thread.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        log.warn("{} is put off: {}", name, String.valueOf(e.getMessage()));
                    } catch (Error e) {
                        // Without this, there would be no further round, and nobody would notice
                        log.error("{} is put off", name, e);
                    }
                },
                pause.toMillis(),
                pause.toMillis(),
                TimeUnit.MILLISECONDS);
        return new Periodic(thread);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
