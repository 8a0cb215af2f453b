package io.pawline.ops.report;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** Knows what became of tasks. */
interface TaskStates {

    /** The state that a task is in, and the generation that is. */
    record State(int generation, String state) {}

    /** Finds those of these tasks that failed, expired, were cancelled, or were replayed. */
    Map<UUID, State> withoutUse(Collection<UUID> tasks);
}
