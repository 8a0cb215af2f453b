package io.pawline.stage;

/**
 * Does a stage's own work on one task: typically one call to one outside service. Each task has a virtual thread of its
 * own, so a handler may block. Many calls run at once, so it must be thread-safe.
 *
 * <p>An expected failure is an {@link Outcome}. An exception means a bug or lost infrastructure; the runtime then
 * retries the task as {@link io.pawline.schemas.Reason#UNCLASSIFIED}.
 *
 * @param <I> the stage's input event
 */
@FunctionalInterface
public interface Handler<I> {

    /**
     * Does the stage's work on this task, once.
     *
     * @throws InterruptedException if the runtime gave the task up; the record stays open and another process takes it
     * @throws Exception on a bug or lost infrastructure
     */
    Outcome handle(I task, Attempt attempt) throws Exception;
}
