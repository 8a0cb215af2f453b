package io.pawline.ops.report;

import io.pawline.ops.http.Period;
import io.pawline.schemas.TaskId;
import java.sql.SQLTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.DoubleConsumer;

/**
 * Watches the reading of the rows of one report: says how far it has come, and gives it up when it takes too long. Rows
 * come in the order of their tasks, whose ids have their times. For one thread.
 */
final class Reading {

    /** The SQLSTATE by which the server gives up a statement that takes too long. */
    private static final String QUERY_CANCELED = "57014";

    /** What is read, in this order. */
    enum Part {
        TASKS(0, 0.2),
        CALLS(0.2, 1);

        private final double from;
        private final double to;

        Part(double from, double to) {
            this.from = from;
            this.to = to;
        }
    }

    private final Period period;
    private final Instant deadline;
    private final Clock clock;
    private final DoubleConsumer progress;

    /**
     * @param longest time for the reading of all rows; a longer one is given up
     * @param progress takes the share that is done, from 0 to 1
     */
    Reading(Period period, Duration longest, Clock clock, DoubleConsumer progress) {
        this.period = period;
        this.deadline = clock.instant().plus(longest);
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * Says that the rows of the tasks before this one are read.
     *
     * @throws SQLTimeoutException if that took too long; the limit of the server is for each part that is fetched
     */
    void reached(Part part, UUID task) throws SQLTimeoutException {
        if (clock.instant().isAfter(deadline)) {
            throw new SQLTimeoutException("the rows of the period take too long to read", QUERY_CANCELED);
        }
        Instant at = task.version() == 7 ? new TaskId(task).time() : period.from();
        double share = (double) Duration.between(period.from(), at).toMillis()
                / Math.max(1, period.length().toMillis());
        progress.accept(part.from + (part.to - part.from) * Math.clamp(share, 0, 1));
    }
}
