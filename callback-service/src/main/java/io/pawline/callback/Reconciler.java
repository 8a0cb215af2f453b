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
 * Puts endings back to work that somebody wants to be sent again, and those that nobody can be working on any more: their
 * record was lost, or given up. So the second kind is tried anew once in a while, as long as a record would have been kept.
 * Works on a thread of its own; thread-safe.
 */
final class Reconciler implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    private static final int BATCH = 100;

    /** As long as Kafka keeps work; what has not been delivered by then stays listed. */
    private static final Duration CARED_FOR = Duration.ofDays(7);

    private final UndeliveredCallbacks undeliveredCallbacks;
    private final UndeliveredCallbacks.Receiver stage;
    private final Duration forgottenAfter;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("reconciler").factory());
    private boolean troubled;

    /** @param forgottenAfter time after which nobody works on an ending to which nothing has happened since */
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

    /** Begins to look, with this pause between the end of one round and the beginning of the next. */
    Reconciler start(Duration pause) {
        var _ = thread.scheduleWithFixedDelay(this::lookAndTell, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    private void lookAndTell() {
        try {
            look();
            troubled = false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            // Once, however long the outage
            if (!troubled) {
                log.warn(
                        "endings cannot be put back to work and will be later: {}",
                        String.valueOf(failed.getMessage()));
            }
            troubled = true;
        }
    }

    /** One round, until nothing is left to put back. */
    void look() throws InterruptedException {
        int count;
        do {
            count = undeliveredCallbacks.putBackRequested(BATCH, clock.instant(), stage);
            tell(count, "because somebody asked for it");
        } while (count == BATCH);
        do {
            Instant now = clock.instant();
            count = undeliveredCallbacks.putBackForgotten(
                    BATCH, now.minus(CARED_FOR), now.minus(forgottenAfter), now, stage);
            tell(count, "because nobody has worked on it for " + forgottenAfter);
        } while (count == BATCH);
    }

    private static void tell(int count, String why) {
        if (count > 0) {
            log.info("{} endings put back to work, {}", count, why);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
