package io.pawline.ingest.pressure;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Predicts how long a task that is accepted now will take, by
 * <a href="https://en.wikipedia.org/wiki/Little%27s_law">Little's law</a>.
 *
 * @param openOfTenants tasks of each tenant that are accepted and have no final state yet
 * @param open those of them that end before the next task
 * @param endedPerSecond tasks that reach a final state in a second
 */
record Prediction(Map<String, Long> openOfTenants, long open, double endedPerSecond) {

    static final Prediction NOTHING_OPEN = new Prediction(Map.of(), 0, 0);

    Prediction {
        openOfTenants = Map.copyOf(openOfTenants);
    }

    /**
     * The prediction for a task of one tenant. Tenants share the stages by their weights, so until its backlog is done,
     * another tenant gets as much by its weight, or is done before.
     */
    Prediction of(String tenant, ToDoubleFunction<String> weights) {
        double own = openOfTenants.getOrDefault(tenant, 0L) / weights.applyAsDouble(tenant);
        double before = 0;
        for (Map.Entry<String, Long> of : openOfTenants.entrySet()) {
            before += Math.min(of.getValue(), own * weights.applyAsDouble(of.getKey()));
        }
        return new Prediction(openOfTenants, Math.round(before), endedPerSecond);
    }

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
