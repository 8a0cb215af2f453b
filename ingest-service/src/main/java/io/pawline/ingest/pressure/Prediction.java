package io.pawline.ingest.pressure;

import java.time.Duration;
import java.util.Optional;

/**
 * Predicts how long a task that is accepted now will take, by
 * <a href="https://en.wikipedia.org/wiki/Little%27s_law">Little's law</a>.
 *
 * @param open tasks that are accepted and have no final state yet
 * @param endedPerSecond tasks that reach a final state in a second
 */
record Prediction(long open, double endedPerSecond) {

    static final Prediction NOTHING_OPEN = new Prediction(0, 0);

    /** The time; empty if it cannot be predicted, because there are open tasks and none has ended lately. */
    Optional<Duration> takes() {
        if (open == 0) {
            return Optional.of(Duration.ZERO);
        }
        return endedPerSecond == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round(open / endedPerSecond * 1000)));
    }

    /** The time in seconds; NaN if it cannot be predicted. */
    double takesSeconds() {
        return takes().map(time -> time.toMillis() / 1000.0).orElse(Double.NaN);
    }
}
