package io.pawline.ops.live;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The processes of a stage that something was heard of lately, by their instance. */
record InstanceStates(Map<String, InstanceState> byInstance) {

    static final InstanceStates NONE = new InstanceStates(Map.of());

    /** A process that others have outlived for so long is gone. */
    private static final Duration LATELY = Duration.ofMinutes(15);

    InstanceStates {
        byInstance = Map.copyOf(byInstance);
    }

    InstanceStates with(@Nullable InstanceState told) {
        if (told == null) {
            return this;
        }
        Instant gone = told.at().minus(LATELY);
        Map<String, InstanceState> processes = new TreeMap<>(byInstance);
        processes.values().removeIf(process -> process.at().isBefore(gone));
        processes.put(told.instance(), told.after(processes.get(told.instance())));
        return new InstanceStates(processes);
    }
}
