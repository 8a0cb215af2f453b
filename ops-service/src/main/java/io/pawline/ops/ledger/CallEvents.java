package io.pawline.ops.ledger;

import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.TaskContext;
import io.pawline.schemas.TaskId;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what the events of the topic of attempts say about calls. */
public final class CallEvents {

    private CallEvents() {}

    /**
     * Reads what one event says about its call.
     *
     * @throws IllegalArgumentException if an id in it is not valid
     */
    public static Call call(CallAttempt event) {
        TaskContext context = event.getContext();
        return new Call(
                UUID.fromString(event.getCallId()),
                TaskId.parse(context.getTaskId()).value(),
                context.getGeneration(),
                context.getTenant(),
                event.getStage(),
                event.getProvider(),
                event.getAttempt(),
                end(event),
                event.getOutcome().filter(CallOutcome.ORPHANED::equals).isPresent(),
                event.getLife()
                        .map(life -> new Call.Money(
                                life,
                                event.getBudgetDay().map(CallEvents::day).orElse(null),
                                event.getReservedMicros().orElse(0L)))
                        .orElse(null),
                event.getHedge());
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException foreign) {
            throw new IllegalArgumentException("no date: " + text, foreign);
        }
    }

    /** An event that a call was orphaned comes besides the event of its end. */
    private static Call.@Nullable End end(CallAttempt event) {
        if (event.getMoment() == CallMoment.START
                || event.getOutcome().filter(CallOutcome.ORPHANED::equals).isPresent()) {
            return null;
        }
        return new Call.End(
                event.getAt(),
                event.getOutcome().map(CallEvents::code).orElse("failed"),
                event.getReason().orElse(null),
                event.getPhase().map(CallEvents::code).orElse(null),
                event.getHttpStatus().orElse(null),
                event.getProviderCode().orElse(null),
                event.getRequestId().orElse(null),
                event.getDurationMillis().orElse(null),
                event.getCostMicros().orElse(null),
                code(event.getBilled()));
    }

    /** Gives the name of a constant in tables and in the API. */
    public static String code(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
