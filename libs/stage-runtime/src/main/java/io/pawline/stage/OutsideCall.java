package io.pawline.stage;

import io.pawline.schemas.CallReport;
import java.util.Objects;

/**
 * One call to an outside service, as {@link Attempt#call} makes it.
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
     * What came of it.
     *
     * @param report for the ledger, and for the provider's limit and breaker
     */
    record Answer<T>(T value, CallReport report) {
        public Answer {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(report, "report");
        }
    }
}
