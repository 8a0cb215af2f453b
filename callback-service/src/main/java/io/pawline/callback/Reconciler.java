package io.pawline.callback;

import io.pawline.taskstore.UndeliveredCallbacks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts final states back into the work topic in two cases: somebody asked for the callback again, or nobody can be
 * working on it. In the second case the record was lost or given up. Such a final state comes back now and then for as
 * long as Kafka would have kept its record. The class has a thread of its own and is thread-safe.
 */
final class Reconciler implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    private static final int BATCH = 100;

    /** As long as Kafka keeps work. A final state that is older stays in the list of undelivered callbacks. */
    private static final Duration MAX_AGE = Duration.ofDays(7);

    private final UndeliveredCallbacks undeliveredCallbacks;
    private final UndeliveredCallbacks.Receiver stage;
    private final Duration forgottenAfter;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("reconciler").factory());
    private boolean failing;

    /** @param forgottenAfter time without any change after which nobody works on a final state */
    Reconciler(
            UndeliveredCallbacks undeliveredCallbacks,
            UndeliveredCallbacks.Receiver stage,
            Duration forgottenAfter,
            Clock clock) {
        this.undeliveredCallbacks = undeliveredCallbacks;
        this.stage = stage;
        this.forgottenAfter = forgottenAfter;
        this.clock = clock;
    }

    /** Starts the rounds, with this pause between two of them. */
    Reconciler start(Duration pause) {
        var _ = thread.scheduleWithFixedDelay(this::runRound, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    private void runRound() {
        try {
            reconcile();
            failing = false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            // One line for an outage, however long it is
            if (!failing) {
                log.warn(
                        "final states cannot be put back to work now and will be later: {}",
                        String.valueOf(failed.getMessage()));
            }
            failing = true;
        } catch (Error bug) {
            // Without this, there would be no further round, and nobody would notice
            log.error("final states cannot be put back to work now and will be later", bug);
        }
    }

    /** Runs one round, until nothing is left to put back. */
    void reconcile() throws InterruptedException {
        int count;
        do {
            count = undeliveredCallbacks.putBackRequested(BATCH, clock.instant(), stage);
            logCount(count, "because somebody asked for it");
        } while (count == BATCH);
        do {
            Instant now = clock.instant();
            count = undeliveredCallbacks.putBackForgotten(
                    BATCH, now.minus(MAX_AGE), now.minus(forgottenAfter), now, stage);
            logCount(count, "because nobody has worked on it for " + forgottenAfter);
        } while (count == BATCH);
    }

    private static void logCount(int count, String why) {
        if (count > 0) {
            log.info("{} final states put back to work, {}", count, why);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
