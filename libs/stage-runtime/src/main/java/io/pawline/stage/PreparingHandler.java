package io.pawline.stage;

/**
 * A handler that first gets together what its call needs, such as a photo from somebody's server. The runtime prepares
 * tasks ahead, without a permit of the provider, so that a slow server takes no place from the calls of other tasks.
 *
 * <p>Nothing is paid for in a preparation. It may be repeated when a partition moves or a process stops.
 *
 * @param <I> the stage's input event
 */
public interface PreparingHandler<I> extends Handler<I> {

    /** Says whether there is anything to prepare, as it is configured. */
    default boolean prepares() {
        return true;
    }

    /**
     * Does the part of the work that needs no permit. It makes no {@linkplain Attempt#call outside call}.
     *
     * @throws InterruptedException if the runtime gave the task up
     * @throws Exception on a bug or lost infrastructure
     */
    Preparation prepare(I task, Attempt attempt) throws Exception;

    /** Prepares the task and then does the rest, in one go. */
    @Override
    default Outcome handle(I task, Attempt attempt) throws Exception {
        return switch (prepare(task, attempt)) {
            case Preparation.Ended(Outcome outcome) -> outcome;
            case Preparation.Prepared prepared -> {
                try (prepared) {
                    yield prepared.handle(attempt);
                }
            }
        };
    }
}
