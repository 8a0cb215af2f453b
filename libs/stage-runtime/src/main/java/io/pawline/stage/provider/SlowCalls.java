package io.pawline.stage.provider;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Knows for how long a call to a provider may last before it is a slow one of its kind. Thread-safe. */
final class SlowCalls {

    /** So many of the latest latencies of a kind are looked at. */
    private static final int LATEST = 200;

    /** A quantile is known from so many calls on. */
    private static final int FIRST_CALLS = 20;

    /** Nearly all calls of a kind, as people count them. */
    private static final double NEARLY_ALL = 0.95;

    /** Calls of further kinds count as one kind. */
    private static final int MOST_KINDS = 16;

    private static final String OTHERS = "others";

    private final Map<String, LatestLatencies> kinds = new HashMap<>();

    /** Takes note of the latency of a call that succeeded, in nanoseconds. */
    synchronized void succeededAfter(String kind, long latency) {
        String name = kinds.containsKey(kind) || kinds.size() < MOST_KINDS ? kind : OTHERS;
        kinds.computeIfAbsent(name, _ -> new LatestLatencies(LATEST)).add(latency);
    }

    /**
     * Returns the nanoseconds after which a call of this kind is slow; empty while too little is known.
     *
     * @param strictness 0: longer than 95 % of the latest calls; 1: longer than all of them; and between
     */
    synchronized OptionalLong after(String kind, double strictness) {
        LatestLatencies latest = kinds.getOrDefault(kind, kinds.get(OTHERS));
        return latest == null || latest.count() < FIRST_CALLS
                ? OptionalLong.empty()
                : OptionalLong.of(latest.quantile(NEARLY_ALL + (1 - NEARLY_ALL) * strictness));
    }
}
