package io.pawline.stage.ledger;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.events.Billed;
import io.pawline.events.BreakerState;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallPhase;
import io.pawline.events.TaskContext;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.CallWork;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.provider.LoadSnapshot;
import io.pawline.stage.provider.Permit;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the outside calls of one attempt. Each is checked, recorded in the ledger, and reported to
 * the provider's limiter.
 */
public final class RecordedCalls implements Attempt.Calls {

    /** Carries the reason why a task's work has to end here through the handler, which could do nothing about it. */
    public static final class Over extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient EndedEarly ended;

        Over(EndedEarly ended) {
            super(ended.detail(), null, false, false);
            this.ended = ended;
        }

        public EndedEarly ended() {
            return ended;
        }
    }

    /** Says that the partition of the record is lost: what becomes of the task is decided elsewhere. */
    public static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1;

        Lost() {
            super("another process has the record by now", null, false, false);
        }
    }

    /** Says whether the process still has a record. */
    public interface Hold {

        /** Says whether another process has, or will have, the record. */
        boolean lost();

        /**
         * Says whether no other process can have the record without this one knowing. It is asked last of all.
         *
         * @param askedNanos when the ledger was asked for its acknowledgement of the call
         */
        boolean certain(long askedNanos);
    }

    /** Says whether a call may still begin. */
    public interface Check extends Hold {

        /** Says why the task has to end, if it has to. */
        Optional<EndedEarly> over();
    }

    private static final TimeBasedEpochGenerator CALL_IDS = Generators.timeBasedEpochGenerator();

    private final Stage stage;
    private final ProviderPolicies provider;
    private final TaskContext context;
    private final int attempt;
    private final Check check;
    private final Permit permit;
    private final Ledger ledger;
    private final Clock clock;
    private final List<CallAttempt> made = new ArrayList<>(1);

    public RecordedCalls(
            Stage stage,
            ProviderPolicies provider,
            TaskContext context,
            int attempt,
            Check check,
            Permit permit,
            Ledger ledger,
            Clock clock) {
        this.stage = stage;
        this.provider = provider;
        this.context = context;
        this.attempt = attempt;
        this.check = check;
        this.permit = permit;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    public <T> T make(OutsideCall<T> call) throws InterruptedException {
        throwIfOver();
        CallAttempt begun = begins();
        long asked = ledger.nanoTime();
        ledger.begins(begun, stage.paid());
        checkAgain(begun);
        while (stage.paid() && !check.certain(asked)) {
            ledger.pause();
            checkAgain(begun);
        }
        CallReport report = CallReport.died(Reason.UNCLASSIFIED, CallPhase.WAIT);
        CallWork work = CallWork.PLAIN;
        long started = ledger.nanoTime();
        try {
            OutsideCall.Answer<T> answer = call.make();
            report = answer.report();
            work = answer.work();
            return answer.value();
        } finally {
            long ended = ledger.nanoTime();
            permit.called(report, work, started, ended);
            CallAttempt end = withLoad(CallAttempt.newBuilder(begun));
            made.add(ledger.ended(end, report, Duration.ofNanos(ended - started), provider.callCostMicros()));
        }
    }

    private void throwIfOver() {
        if (check.lost()) {
            throw new Lost();
        }
        check.over().ifPresent(ended -> {
            throw new Over(ended);
        });
    }

    /** Looks again, since the ledger may have waited for the broker for long, and records that no call was made. */
    private void checkAgain(CallAttempt begun) throws InterruptedException {
        try {
            throwIfOver();
        } catch (Over over) {
            CallReport report = CallReport.died(over.ended().reason(), CallPhase.CONNECT);
            CallAttempt end = withLoad(CallAttempt.newBuilder(begun));
            var _ = ledger.ended(end, report, Duration.ZERO, provider.callCostMicros());
            throw over;
        } catch (Lost lost) {
            ledger.orphaned(CallAttempt.newBuilder(begun)
                    .setMoment(CallMoment.END)
                    .setPhase(CallPhase.CONNECT)
                    .setDurationMillis(0L)
                    .setCostMicros(0L)
                    .setBilled(Billed.NO)
                    .build());
            throw lost;
        }
    }

    /** Returns the ends of the calls made so far. */
    public List<CallAttempt> made() {
        return made;
    }

    private CallAttempt begins() {
        return withLoad(CallAttempt.newBuilder()
                .setContext(context)
                .setCallId(CALL_IDS.generate().toString())
                .setMoment(CallMoment.START)
                .setAt(clock.instant())
                .setStage(stage.code())
                .setProvider(provider.name())
                .setAttempt(attempt)
                .setInstance(ledger.instance()));
    }

    /** Adds the load of this process to an event, so that nobody has to ask a process for it. */
    private CallAttempt withLoad(CallAttempt.Builder call) {
        LoadSnapshot loadSnapshot = permit.loadSnapshot();
        return call.setInFlight(loadSnapshot.inFlight())
                .setLimit(loadSnapshot.limit())
                .setBreaker(loadSnapshot.breaker().map(RecordedCalls::state).orElse(null))
                .build();
    }

    private static BreakerState state(State state) {
        return switch (state) {
            case OPEN, FORCED_OPEN -> BreakerState.OPEN;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> BreakerState.CLOSED;
        };
    }
}
