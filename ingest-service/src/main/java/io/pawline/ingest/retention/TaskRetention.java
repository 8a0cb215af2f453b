package io.pawline.ingest.retention;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.taskstore.TaskHistory;

/** Keeps the history of tasks to its time, round by round. Thread-safe. */
final class TaskRetention {

    private final TaskHistory history;
    private volatile double secondsAhead;

    TaskRetention(TaskHistory history, MeterRegistry meters) {
        this.history = history;
        Gauge.builder("pawline.ingest.partitions.ahead", () -> secondsAhead)
                .baseUnit("seconds")
                .description("Time for which tasks can be accepted if no further partition is made")
                .register(meters);
    }

    /**
     * Makes the partitions that are needed next, and drops those that are old.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    void keep() {
        makeAhead();
        history.dropOld();
    }

    void makeAhead() {
        history.makeAhead();
        secondsAhead = history.ahead().toSeconds();
    }
}
