package io.pawline.ingest.cancel;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.Closing;
import io.pawline.taskstore.Task;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels tasks: first in the row, which decides, then by word to the stages, so that none of them pays for it any more.
 * Word that did not get through is {@linkplain #tellAll() sent again} until it does. Thread-safe.
 */
public final class TaskCancel {

    private static final Logger log = LoggerFactory.getLogger(TaskCancel.class);

    /** How long a caller waits for the word to get through: with Kafka there, milliseconds. */
    private static final Duration TELL_WAIT = Duration.ofSeconds(2);

    private static final int BATCH = 100;

    private final Cancellations cancellations;
    private final Stages stages;
    private final Clock clock;

    public TaskCancel(Cancellations cancellations, Stages stages, Clock clock) {
        this.cancellations = cancellations;
        this.stages = stages;
        this.clock = clock;
    }

    /** Those who work on tasks. */
    @FunctionalInterface
    public interface Stages {
        /** Says that a task has been cancelled; throws if they cannot be told. */
        void tell(Task cancelled);
    }

    /**
     * Cancels a task, unless it has ended.
     *
     * @return the row afterwards, and whether this call closed it; empty if the tenant has no such task
     */
    public Optional<Closing> cancel(TaskId id, String tenant) {
        Optional<Closing> closing = cancellations.cancel(id, tenant, clock.instant());
        closing.filter(Closing::byThisCall).map(Closing::task).ifPresent(this::tellSoon);
        return closing;
    }

    private void tellSoon(Task task) {
        CountDownLatch tried = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            try {
                tell(task);
            } catch (RuntimeException e) {
                log.warn("The stages have not been told of a cancelled task and will be later: {}", e.getMessage());
            } finally {
                tried.countDown();
            }
        });
        try {
            boolean _ = tried.await(TELL_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Task task) {
        stages.tell(task);
        cancellations.told(task.id());
    }

    /** Tells the stages of what they have not been told of; throws when they cannot be told. */
    public void tellAll() {
        cancellations.untold(BATCH).forEach(this::tell);
    }
}
