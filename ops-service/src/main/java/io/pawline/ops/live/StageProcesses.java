package io.pawline.ops.live;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The processes of a stage that something was heard of lately, by their instance. */
record StageProcesses(Map<String, StageProcess> byInstance) {

    static final StageProcesses NONE = new StageProcesses(Map.of());

    /** A process that others have outlived for so long is gone. */
    private static final Duration LATELY = Duration.ofMinutes(15);

    StageProcesses {
        byInstance = Map.copyOf(byInstance);
    }

    StageProcesses with(@Nullable StageProcess told) {
        if (told == null) {
            return this;
        }
        Instant gone = told.at().minus(LATELY);
        Map<String, StageProcess> processes = new TreeMap<>(byInstance);
        processes.values().removeIf(process -> process.at().isBefore(gone));
        processes.put(told.instance(), told.after(processes.get(told.instance())));
        return new StageProcesses(processes);
    }
}
