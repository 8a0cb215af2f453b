package io.pawline.ingest.relay;

import io.pawline.ingest.IngestProperties;
import io.pawline.taskstore.Outbox;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Brings accepted tasks from the outbox to Kafka, one batch after the other, on a thread of its own. It starts at once
 * when {@linkplain #nudge nudged}, and polls for tasks that other processes accepted and did not relay. While Kafka or
 * the database is away, it tries again with growing pauses, and no request waits for it. Thread-safe.
 */
public final class OutboxRelay implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

    // Longer than the delivery time-out of the producer, so that a batch under way can end.
    private static final Duration LONGEST_STOP = Duration.ofSeconds(20);

    private final TaskRelease release;
    private final IngestProperties.Relay settings;
    private final Semaphore nudges = new Semaphore(0);
    private @Nullable Thread worker;
    private volatile CountDownLatch stopped = new CountDownLatch(0);
    private Duration pace = Duration.ZERO;

    OutboxRelay(TaskRelease release, IngestProperties.Relay settings) {
        this.release = release;
        this.settings = settings;
    }

    /** Announces that there is something to relay; returns at once. */
    public void nudge() {
        nudges.release();
    }

    @Override
    public synchronized void start() {
        stopped = new CountDownLatch(1);
        worker = Thread.ofPlatform().name("outbox-relay").start(this::run);
    }

    private void run() {
        Duration backoff = Duration.ZERO;
        try {
            while (isRunning()) {
                long began = System.nanoTime();
                Throwable obstacle = relay();
                if (obstacle == null) {
                    if (!backoff.isZero()) {
                        log.info("Accepted tasks reach Kafka again");
                    }
                    backoff = Duration.ZERO;
                    awaitNudge();
                    stopped.await(pace.toNanos() - (System.nanoTime() - began), TimeUnit.NANOSECONDS);
                } else {
                    if (backoff.isZero()) {
                        log.warn("Accepted tasks do not reach Kafka; they are kept and relayed later", obstacle);
                    }
                    backoff = longer(backoff);
                    // A nudge does not cut this short. Otherwise each accepted task would try a Kafka that is down.
                    stopped.await(backoff.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Relays everything that may be relayed now; returns what prevented it, or null. */
    private @Nullable Throwable relay() throws InterruptedException {
        try {
            while (isRunning()) {
                TaskRelease.Round round = release.next();
                Outbox.Relayed relayed = round.relayed();
                if (relayed.fellShort()) {
                    return Objects.requireNonNullElseGet(
                            relayed.obstacle(), () -> new IllegalStateException("Some tasks did not arrive"));
                }
                if (!round.more()) {
                    pace = round.pace();
                    return null;
                }
            }
            return null;
        } catch (RuntimeException | Error e) {
            // A relay whose thread is dead would keep accepted tasks for ever
            return e;
        }
    }

    private Duration longer(Duration backoff) {
        Duration doubled = backoff.isZero() ? settings.pollInterval() : backoff.multipliedBy(2);
        return doubled.compareTo(settings.maxBackoff()) < 0 ? doubled : settings.maxBackoff();
    }

    private void awaitNudge() throws InterruptedException {
        if (nudges.tryAcquire(settings.pollInterval().toMillis(), TimeUnit.MILLISECONDS)) {
            nudges.drainPermits();
        }
    }

    @Override
    public synchronized void stop() {
        stopped.countDown();
        nudge();
        Thread running = worker;
        if (running != null) {
            try {
                if (!running.join(LONGEST_STOP)) {
                    running.interrupt();
                }
            } catch (InterruptedException e) {
                running.interrupt();
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return stopped.getCount() > 0;
    }
}
