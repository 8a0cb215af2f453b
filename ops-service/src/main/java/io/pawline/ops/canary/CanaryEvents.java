package io.pawline.ops.canary;

import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallEvents;
import io.pawline.schemas.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what the events of calls say about comparisons. */
final class CanaryEvents {

    private CanaryEvents() {}

    /** Reads the end of a call; empty if it counts in no comparison. */
    static Optional<ComparedCall> compared(CallAttempt event) {
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
