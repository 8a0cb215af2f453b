package io.pawline.stage.provider;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Knows how much longer than others the calls of each kind take, such as those with a photo. So a call is compared with
 * its like, and a mix that changes is no queue. Not thread-safe.
 */
final class KindOffsets {

    /** Calls of further kinds count as one kind. */
    private static final int MOST_KINDS = 16;

    private static final String OTHERS = "others";

    /** A kind is known from so many calls on. */
    private static final int FIRST_CALLS = 5;

    /** Of one kind, no more calls are looked at in one window. */
    private static final int MOST_CALLS = 64;

    /** What was learned of a kind weighs as much as so many calls. */
    private static final int LONGEST_MEMORY = 50;

    private static final class Kind {
        private final List<Double> latest = new ArrayList<>();
        private boolean known;
        private double offset;
        private int calls;
    }

    /** The mix of kinds is that of about so many calls. */
    private static final double MIX_OF = 30;

    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private double mix = 1;
    private double meanOffset;

    /** Goes on from the offsets that others have found. */
    void restore(Map<String, Double> offsets) {
        offsets.forEach((name, offset) -> {
            Kind kind = kind(name);
            kind.known = true;
            kind.offset = offset;
            kind.calls = FIRST_CALLS;
        });
    }

    /** Returns the offsets of the kinds that are known. */
    Map<String, Double> offsets() {
        Map<String, Double> known = new HashMap<>();
        kinds.forEach((name, kind) -> {
            if (kind.known) {
                known.put(name, kind.offset);
            }
        });
        return Map.copyOf(known);
    }

    /**
     * Returns the logarithm of the latency that a call of the first kind would have had in place of this one; empty while
     * its kind is not known yet.
     *
     * @param wait nanoseconds for which calls wait in a queue at this time
     * @param baseline logarithm of the latency of the first kind without a queue; infinite while it is unknown
     */
    OptionalDouble compared(EndedCall call, double wait, double baseline) {
        Kind kind = kind(call.work().kind());
        double log = call.logLatency();
        if (!kind.known && kinds.size() == 1) {
            kind.known = true;
        }
        if (kind.known) {
            mix += (Math.exp(kind.offset) - mix) / MIX_OF;
            meanOffset += (kind.offset - meanOffset) / MIX_OF;
            if (kind.latest.size() == MOST_CALLS) {
                kind.latest.removeFirst();
            }
            kind.latest.add(log - kind.offset);
            return OptionalDouble.of(log - kind.offset);
        }
        double latency = Math.exp(log);
        kind.latest.add(Math.log(Math.max(latency / 2, latency - wait)));
        if (kind.latest.size() >= FIRST_CALLS) {
            kind.offset = Double.isFinite(baseline) ? middle(kind.latest) - baseline : 0;
            kind.known = true;
            kind.latest.clear();
        }
        return OptionalDouble.empty();
    }

    /** Returns how much longer the latest calls took, in the mean, than if all had been of the first kind. */
    double mix() {
        return mix;
    }

    /** Returns the mean by which the logarithms of the latest latencies were above those of the first kind. */
    double meanOffset() {
        return meanOffset;
    }

    /** Learns from the calls since the last time, which waited in no queue: those of other kinds took so much longer. */
    void learn() {
        List<Kind> seen = kinds.values().stream()
                .filter(kind -> kind.known && kind.latest.size() >= FIRST_CALLS)
                .toList();
        for (Kind kind : seen.subList(Math.min(1, seen.size()), seen.size())) {
            int more = kind.latest.size();
            double weight = (double) more / (more + kind.calls);
            kind.offset += weight * (middle(kind.latest) - middle(seen.getFirst().latest));
            kind.calls = Math.min(LONGEST_MEMORY, kind.calls + more);
        }
        if (seen.size() > 1) {
            forget();
        }
    }

    /** Learns nothing from the calls since the last time. */
    void forget() {
        kinds.values().stream().filter(kind -> kind.known).forEach(kind -> kind.latest.clear());
    }

    private Kind kind(String name) {
        Kind known = kinds.get(name);
        if (known != null) {
            return known;
        }
        return kinds.computeIfAbsent(kinds.size() < MOST_KINDS ? name : OTHERS, _ -> new Kind());
    }

    private static double middle(List<Double> logs) {
        double[] sorted = logs.stream().mapToDouble(log -> log).sorted().toArray();
        int quarter = sorted.length / 4;
        return Arrays.stream(sorted, quarter, sorted.length - quarter).average().orElseThrow();
    }
}
