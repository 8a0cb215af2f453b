package io.pawline.ops.live;

import io.pawline.events.Billed;
import io.pawline.events.BreakerState;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.EventClasses;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes events of calls and of final states for tests. */
public final class TestingAttemptEvents {

    static {
        EventClasses.trust();
    }

    private TestingAttemptEvents() {}

    static TaskContext context(TaskId task, Instant submitted) {
        return TaskContext.newBuilder()
                .setTaskId(task.toString())
                .setTenant("default")
                .setStyle("watercolour")
                .setSubmittedAt(submitted)
                .setDeadline(submitted.plusSeconds(3_600))
                .build();
    }

    /** Makes the event that a call begins. */
    public static CallAttempt begun(TaskId task, Stage stage, int attempt, Instant at) {
        return CallAttempt.newBuilder()
                .setContext(context(task, at))
                .setCallId(TestingCallIds.idAt(at).toString())
                .setMoment(CallMoment.START)
                .setAt(at)
                .setStage(stage.code())
                .setProvider("provider-of-" + stage.code())
                .setAttempt(attempt)
                .build();
    }

    /** Makes the event that a call ended: well, if there is no failure. */
    public static CallAttempt ended(CallAttempt begun, Instant at, @Nullable Reason failure) {
        return CallAttempt.newBuilder(begun)
                .setMoment(CallMoment.END)
                .setAt(at)
                .setOutcome(failure == null ? CallOutcome.SUCCEEDED : CallOutcome.FAILED)
                .setReason(failure == null ? null : failure.code())
                .setDurationMillis(at.toEpochMilli() - begun.getAt().toEpochMilli())
                .setCostMicros(failure == null ? 30_000L : 0L)
                .setBilled(failure == null ? Billed.YES : Billed.NO)
                .build();
    }

    public static CallAttempt seenBy(CallAttempt call, String instance, int inFlight, int limit, BreakerState breaker) {
        return CallAttempt.newBuilder(call)
                .setInstance(instance)
                .setInFlight(inFlight)
                .setLimit(limit)
                .setBreaker(breaker)
                .build();
    }

    static TaskFinished finished(TaskId task, int generation, Ending finalState, Instant at) {
        return TaskFinished.newBuilder()
                .setContext(TaskContext.newBuilder(context(task, at))
                        .setGeneration(generation)
                        .build())
                .setEnding(finalState)
                .setFinishedAt(at)
                .setReason(finalState == Ending.SUCCESS ? null : Reason.READ_TIMEOUT.code())
                .build();
    }
}
