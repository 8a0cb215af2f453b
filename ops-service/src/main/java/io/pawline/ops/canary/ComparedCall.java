package io.pawline.ops.canary;

import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallEvents;
import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first call of a task that counts in a comparison.
 *
 * @param canary name of the provider that is compared with the others
 * @param share of the tasks that go to the canary first
 * @param ofCanary whether the canary made the call
 * @param cause why the result is bad already; null: that depends on what becomes of the task
 */
record ComparedCall(
        String stage,
        String canary,
        double share,
        UUID task,
        boolean ofCanary,
        Instant startedAt,
        Instant endedAt,
        long durationMillis,
        @Nullable CanaryCause cause) {

    /** Reads the end of a call; empty if it counts in no comparison. */
    static Optional<ComparedCall> of(CallAttempt event) {
        if (event.getCanary().isEmpty() || event.getMoment() != CallMoment.END) {
            return Optional.empty();
        }
        Optional<CallOutcome> outcome = event.getOutcome();
        if (outcome.filter(CallOutcome.SUCCEEDED::equals).isPresent()) {
            return Optional.of(call(event, null));
        }
        return outcome.filter(CallOutcome.FAILED::equals)
                .flatMap(_ -> event.getReason())
                .flatMap(Reason::ofCode)
                .flatMap(CanaryCause::of)
                .map(cause -> call(event, cause));
    }

    private static ComparedCall call(CallAttempt event, @Nullable CanaryCause cause) {
        Call call = CallEvents.call(event);
        String canary = event.getCanary().orElseThrow();
        return new ComparedCall(
                call.stage(),
                canary,
                event.getCanaryShare().orElse(0.0),
                call.taskId(),
                call.provider().equals(canary),
                call.startedAt(),
                event.getAt(),
                event.getDurationMillis().orElse(0L),
                cause);
    }
}
