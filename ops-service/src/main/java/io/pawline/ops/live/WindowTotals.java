package io.pawline.ops.live;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one stage in one span of time.
 *
 * @param updates events counted
 * @param tasks that made their first call of the stage
 * @param calls begun
 * @param reasons failures by reason; of endings, tasks that did not succeed
 * @param endings tasks by how they ended
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
        Map<String, Long> endings) {

    static final WindowTotals NONE = new WindowTotals(0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of());

    WindowTotals {
        reasons = Map.copyOf(reasons);
        endings = Map.copyOf(endings);
    }

    WindowTotals plus(CountDelta event) {
        boolean callFailed = event.reason() != null && event.ending() == null;
        return new WindowTotals(
                updates + 1,
                tasks + event.task(),
                calls + event.call(),
                succeeded + event.succeeded(),
                failures + (callFailed ? 1 : 0),
                timeouts + event.timeout(),
                costMicros + event.costMicros(),
                oneMore(reasons, event.reason()),
                oneMore(endings, event.ending()));
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
