package io.pawline.stage;

import io.pawline.schemas.CallReport;
import java.util.Objects;

/**
 * Makes one call to an outside service, through {@link Attempt#call}.
 *
 * @param <T> what the stage makes of the answer, good or bad
 */
@FunctionalInterface
public interface OutsideCall<T> {

    /**
     * Makes the call, once.
     *
     * @throws InterruptedException if the runtime gave the task up
     */
    Answer<T> make() throws InterruptedException;

    /**
     * Says what came of a call.
     *
     * @param report for the ledger, and for the provider's limit and breaker
     * @param work what the call was about, for the provider's limit
     */
    record Answer<T>(T value, CallReport report, CallWork work) {
        public Answer {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(report, "report");
            Objects.requireNonNull(work, "work");
        }

        /** Says what came of a call that is like all others. */
        public Answer(T value, CallReport report) {
            this(value, report, CallWork.PLAIN);
        }
    }
}
