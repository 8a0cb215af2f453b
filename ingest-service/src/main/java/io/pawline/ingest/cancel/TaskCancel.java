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
 * Cancels tasks: first in the row, which decides, then in the stages, so that none of them pays for the task any more.
 * A cancellation that could not be published is {@linkplain #publishAll() published later}. It is
 * {@linkplain #withdrawAll() withdrawn} when the task could no longer run anyway. Thread-safe.
 */
public final class TaskCancel {

    private static final Logger log = LoggerFactory.getLogger(TaskCancel.class);

    /** Longest time that a request waits for Kafka, which usually takes milliseconds. */
    private static final Duration PUBLISH_WAIT = Duration.ofSeconds(2);

    /** A process whose clock is late could run a cancelled task so long after its deadline. */
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

    /** Notifies the stages of cancelled tasks. */
    public interface Stages {
        /** Publishes that a task has been cancelled; throws if that fails. */
        void publish(Task cancelled);

        /** Withdraws what was published of a task; throws if that fails. */
        void withdraw(TaskId cancelled);
    }

    /**
     * Cancels a task, unless it has a final state.
     *
     * @return the row afterwards, and whether this call closed it; empty if the tenant has no such task
     */
    public Optional<CloseResult> cancel(TaskId id, String tenant) {
        Optional<CloseResult> result = cancellations.cancel(id, tenant, clock.instant());
        result.filter(CloseResult::byThisCall).map(CloseResult::task).ifPresent(this::publishSoon);
        return result;
    }

    /**
     * Cancels those of these tasks that have no final state, in one transaction. The stages are notified soon, and the
     * request does not wait for that.
     */
    public void cancelAll(List<TaskId> ids, String tenant) {
        if (cancellations.cancelAll(ids, tenant, clock.instant()) > 0) {
            Thread.ofVirtual().start(() -> {
                try {
                    publishAll();
                } catch (RuntimeException e) {
                    log.warn("Cancellations are not published yet and will be later: {}", e.getMessage());
                }
            });
        }
    }

    private void publishSoon(Task task) {
        CountDownLatch tried = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            try {
                publish(task);
            } catch (RuntimeException e) {
                log.warn("The cancellation of a task is not published yet and will be later: {}", e.getMessage());
            } finally {
                tried.countDown();
            }
        });
        try {
            boolean _ = tried.await(PUBLISH_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish(Task task) {
        stages.publish(task);
        cancellations.markPublished(task.id());
    }

    /** Publishes the cancellations that have not been published; throws if that fails. */
    public void publishAll() {
        List<Task> unpublished;
        do {
            unpublished = cancellations.unpublished(BATCH);
            unpublished.forEach(this::publish);
        } while (unpublished.size() == BATCH);
    }

    /** Withdraws the cancellations of tasks that could no longer run anyway; throws if that fails. */
    public void withdrawAll() {
        List<TaskId> obsolete;
        do {
            obsolete = cancellations.obsolete(clock.instant().minus(MARGIN), BATCH);
            for (TaskId task : obsolete) {
                stages.withdraw(task);
                cancellations.markWithdrawn(task);
            }
        } while (obsolete.size() == BATCH);
    }
}
