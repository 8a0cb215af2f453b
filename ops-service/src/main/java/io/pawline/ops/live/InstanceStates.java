package io.pawline.ops.live;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Holds the last state of each process of a stage that was heard of lately, by its instance and its provider. */
record InstanceStates(Map<String, InstanceState> byInstance) {

    static final InstanceStates NONE = new InstanceStates(Map.of());

    /** A process counts as gone if others were heard of so much later. */
    private static final Duration LATELY = Duration.ofMinutes(15);

    InstanceStates {
        byInstance = Map.copyOf(byInstance);
    }

    InstanceStates with(@Nullable InstanceState reported) {
        if (reported == null) {
            return this;
        }
        Instant gone = reported.at().minus(LATELY);
        Map<String, InstanceState> processes = new TreeMap<>(byInstance);
        processes.values().removeIf(process -> process.at().isBefore(gone));
        String key = reported.instance() + "/" + reported.provider();
        processes.put(key, reported.after(processes.get(key)));
        return new InstanceStates(processes);
    }
}
