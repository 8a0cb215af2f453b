package io.pawline.ops.live;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sums what happened in one stage in one span of time. Its JSON stands in topics of Kafka Streams.
 *
 * @param updates events counted
 * @param tasks that made their first call of the stage
 * @param calls begun
 * @param reasons failures by reason; of final states, tasks that did not succeed
 * @param finalStates tasks by how they ended
 */
record WindowTotals(
        long updates,
        long tasks,
        long calls,
        long succeeded,
        long failures,
        long timeouts,
        long costMicros,
        Map<String, Long> reasons,
        @JsonProperty("endings") Map<String, Long> finalStates) {

    static final WindowTotals NONE = new WindowTotals(0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of());

    WindowTotals {
        reasons = Map.copyOf(reasons);
        finalStates = Map.copyOf(finalStates);
    }

    WindowTotals plus(CountDelta event) {
        boolean callFailed = event.reason() != null && event.finalState() == null;
        return new WindowTotals(
                updates + 1,
                tasks + event.task(),
                calls + event.call(),
                succeeded + event.succeeded(),
                failures + (callFailed ? 1 : 0),
                timeouts + event.timeout(),
                costMicros + event.costMicros(),
                oneMore(reasons, event.reason()),
                oneMore(finalStates, event.finalState()));
    }

    private static Map<String, Long> oneMore(Map<String, Long> counts, @Nullable String name) {
        if (name == null) {
            return counts;
        }
        Map<String, Long> more = new TreeMap<>(counts);
        more.merge(name, 1L, Long::sum);
        return more;
    }
}
