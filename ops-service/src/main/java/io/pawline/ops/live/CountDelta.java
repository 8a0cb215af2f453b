package io.pawline.ops.live;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Carries what one event adds to the counts of its stage. Its JSON stands in topics of Kafka Streams.
 *
 * @param at when it happened
 * @param task 1 if a task made its first call of this stage
 * @param call 1 if a call began
 * @param succeeded 1 if a call ended well
 * @param reason why a call failed; of a final state, why the task did not succeed
 * @param timeout 1 if the call failed because no answer came in time
 * @param finalState how a task ended; null: it is an event of a call
 * @param process how the process stood that made the call; null: not reported
 */
record CountDelta(
        Instant at,
        int task,
        int call,
        int succeeded,
        @Nullable String reason,
        int timeout,
        long costMicros,
        @JsonProperty("ending") @Nullable String finalState,
        @Nullable InstanceState process) {

    /** Counts a call that began. */
    static CountDelta began(Instant at, boolean firstOfTask, @Nullable InstanceState process) {
        return new CountDelta(at, firstOfTask ? 1 : 0, 1, 0, null, 0, 0, null, process);
    }

    /** Counts a task that ended. */
    static CountDelta ended(Instant at, String finalState, @Nullable String reason) {
        return new CountDelta(at, 0, 0, 0, reason, 0, 0, finalState, null);
    }

    /** Counts nothing, and says how a process stood. */
    static CountDelta seen(Instant at, @Nullable InstanceState process) {
        return new CountDelta(at, 0, 0, 0, null, 0, 0, null, process);
    }
}
