package io.pawline.ingest.cancel;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.CloseResult;
import io.pawline.taskstore.Task;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels tasks: first in the row, which decides, then by word to the stages, so that none of them pays for it any more.
 * Word that did not get through is {@linkplain #tellAll() sent again} until it does, and is {@linkplain #takeBackAll()
 * taken back} when the task could no longer run anyway. Thread-safe.
 */
public final class TaskCancel {

    private static final Logger log = LoggerFactory.getLogger(TaskCancel.class);

    /** How long a caller waits for the word to get through: with Kafka there, milliseconds. */
    private static final Duration TELL_WAIT = Duration.ofSeconds(2);

    /** After its deadline a cancelled task could still be run by a process whose clock is late. */
    private static final Duration MARGIN = Duration.ofHours(1);

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
    public interface Stages {
        /** Says that a task has been cancelled; throws if they cannot be told. */
        void tell(Task cancelled);

        /** Leaves nothing of what was said of a task; throws if that cannot be done now. */
        void takeBack(TaskId cancelled);
    }

    /**
     * Cancels a task, unless it has ended.
     *
     * @return the row afterwards, and whether this call closed it; empty if the tenant has no such task
     */
    public Optional<CloseResult> cancel(TaskId id, String tenant) {
        Optional<CloseResult> closing = cancellations.cancel(id, tenant, clock.instant());
        closing.filter(CloseResult::byThisCall).map(CloseResult::task).ifPresent(this::tellSoon);
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

    /** Takes back what the stages were told of tasks that could no longer run; throws when that cannot be done now. */
    public void takeBackAll() {
        List<TaskId> outlived;
        do {
            outlived = cancellations.outlived(clock.instant().minus(MARGIN), BATCH);
            for (TaskId task : outlived) {
                stages.takeBack(task);
                cancellations.takenBack(task);
            }
        } while (outlived.size() == BATCH);
    }
}
