package io.pawline.ingest.pressure;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a task that is accepted now will take, by
 * <a href="https://en.wikipedia.org/wiki/Little%27s_law">Little's law</a>.
 *
 * @param open tasks that have been accepted and have not ended
 * @param endedPerSecond how fast they end
 */
record Prediction(long open, double endedPerSecond) {

    static final Prediction NOTHING_OPEN = new Prediction(0, 0);

    /** Empty if nothing is known: there are open tasks, and none has ended lately. */
    Optional<Duration> takes() {
        if (open == 0) {
            return Optional.of(Duration.ZERO);
        }
        return endedPerSecond == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round(open / endedPerSecond * 1000)));
    }

    /** In seconds; NaN if nothing is known. */
    double takesSeconds() {
        return takes().map(time -> time.toMillis() / 1000.0).orElse(Double.NaN);
    }
}
