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
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.CallWork;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderCall;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.budget.Money;
import io.pawline.stage.budget.Reservation;
import io.pawline.stage.provider.CanaryShare;
import io.pawline.stage.provider.LoadSnapshot;
import io.pawline.stage.provider.Permit;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the outside calls of one attempt. Each is checked, its money is reserved, it is recorded in the ledger, and
 * reported to the provider's limiter. A call that fails for reasons of the provider is made to another one, where the
 * stage has several. Used by the thread of the attempt.
 */
public final class RecordedCalls implements Attempt.Calls, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RecordedCalls.class);

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

    /** Says that there is no money for the call, which was not made. What becomes of the task is decided elsewhere. */
    public static final class NoMoney extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Money money;

        NoMoney(Money money) {
            super("there is no money for the call", null, false, false);
            this.money = money;
        }

        /** Returns why there is none. */
        public Money money() {
            return money;
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

    /** An answer takes some hundredths of a second, if somebody answers. */
    private static final Duration LONGEST_WAIT_FOR_MONEY = Duration.ofMillis(500);

    private static final TimeBasedEpochGenerator CALL_IDS = Generators.timeBasedEpochGenerator();

    private final Stage stage;
    private final List<ProviderPolicies> providers;
    private final TaskContext context;
    private final int attempt;
    private final Check check;
    private final Permit first;
    private final Ledger ledger;
    private final BudgetLeases budget;
    private final Clock clock;
    private Permit permit;
    private final List<CallAttempt> made = new ArrayList<>(1);

    /**
     * Makes the calls of one attempt.
     *
     * @param providers of the stage, in the order of {@link Permit#place}
     * @param permit which the caller closes
     */
    public RecordedCalls(
            Stage stage,
            List<ProviderPolicies> providers,
            TaskContext context,
            int attempt,
            Check check,
            Permit permit,
            Ledger ledger,
            BudgetLeases budget,
            Clock clock) {
        this.stage = stage;
        this.providers = List.copyOf(providers);
        this.context = context;
        this.attempt = attempt;
        this.check = check;
        this.first = permit;
        this.permit = isFirst() ? permit.compared(TaskId.parse(context.getTaskId())) : permit;
        this.ledger = ledger;
        this.budget = budget;
        this.clock = clock;
    }

    /** A canary gets a task once: what comes back goes to a provider that is known. */
    private boolean isFirst() {
        return attempt == 1 && context.getGeneration() == 1;
    }

    @Override
    public <T> T make(ProviderCall<T> call) throws InterruptedException {
        while (true) {
            OutsideCall.Answer<T> answer = makeOnce(call);
            Optional<Permit> next = answer.report()
                    .failure()
                    .filter(RecordedCalls::isTheProviders)
                    .flatMap(_ -> permit.moveOn());
            if (next.isEmpty()) {
                return answer.value();
            }
            moveTo(next.get(), answer.report());
        }
    }

    /** Says whether another provider may do what this one did not. The task's own failures it would only repeat. */
    private static boolean isTheProviders(Reason failure) {
        return switch (failure.scope()) {
            case OVERLOAD, TIMEOUT, PROVIDER, ACCOUNT -> true;
            case TASK, ANSWER, PAWLINE -> false;
        };
    }

    private void moveTo(Permit next, CallReport failed) {
        log.info(
                "{} failed ({}), so {} is called",
                provider().name(),
                failed.failure().map(Reason::code).orElse(""),
                providers.get(next.place()).name());
        permit = next;
    }

    private ProviderPolicies provider() {
        return providers.get(permit.place());
    }

    private <T> OutsideCall.Answer<T> makeOnce(ProviderCall<T> call) throws InterruptedException {
        throwIfOver();
        Reservation money = reserve();
        long cost = 0;
        try {
            CallAttempt begun = begins(money);
            long asked = ledger.nanoTime();
            ledger.begins(begun, stage.paid());
            checkAgain(begun, money);
            while (stage.paid() && !check.certain(asked)) {
                ledger.pause();
                checkAgain(begun, money);
            }
            cost = provider().callCostMicros();
            Made<T> done = make(call, begun);
            cost = done.cost();
            return done.answer();
        } finally {
            money.settle(cost);
        }
    }

    /** Carries what a call came to, and what it cost. */
    private record Made<T>(OutsideCall.Answer<T> answer, long cost) {}

    private <T> Made<T> make(ProviderCall<T> call, CallAttempt begun) throws InterruptedException {
        CallReport report = CallReport.died(Reason.UNCLASSIFIED, CallPhase.WAIT);
        CallWork work = CallWork.PLAIN;
        long started = ledger.nanoTime();
        try {
            OutsideCall.Answer<T> answer = call.make(permit.place());
            report = answer.report();
            work = answer.work();
            return new Made<>(
                    answer, report.billed() == Billed.NO ? 0 : provider().callCostMicros());
        } finally {
            long ended = ledger.nanoTime();
            permit.called(report, work, started, ended);
            CallAttempt end = withLoad(CallAttempt.newBuilder(begun));
            made.add(ledger.ended(
                    end, report, Duration.ofNanos(ended - started), provider().callCostMicros()));
        }
    }

    /** Waits for money for a moment, as an answer takes that is on its way, and no longer: a permit is held meanwhile. */
    private Reservation reserve() throws InterruptedException {
        long began = ledger.nanoTime();
        while (true) {
            switch (budget.reserve(
                    context.getTenant(),
                    TaskId.parse(context.getTaskId()),
                    provider().callCostMicros())) {
                case Money.Reserved(Reservation reservation) -> {
                    return reservation;
                }
                case Money.Awaited awaited -> {
                    if (ledger.nanoTime() - began >= LONGEST_WAIT_FOR_MONEY.toNanos()) {
                        throw new NoMoney(awaited);
                    }
                    ledger.pause();
                    throwIfOver();
                }
                case Money spent -> throw new NoMoney(spent);
            }
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
    private void checkAgain(CallAttempt begun, Reservation money) throws InterruptedException {
        try {
            throwIfOver();
            if (!money.covered()) {
                throw new NoMoney(new Money.Awaited());
            }
        } catch (Over over) {
            notMade(begun, over.ended().reason());
            throw over;
        } catch (NoMoney late) {
            notMade(begun, Reason.BUDGET_EXCEEDED);
            throw late;
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

    /** Returns the permit of the call made last. */
    public Permit permit() {
        return permit;
    }

    /** Gives back what the calls took beyond the permit that they began with. */
    @Override
    public void close() {
        if (permit != first) {
            permit.close();
        }
    }

    private void notMade(CallAttempt begun, Reason why) throws InterruptedException {
        CallReport report = CallReport.died(why, CallPhase.CONNECT);
        CallAttempt end = withLoad(CallAttempt.newBuilder(begun));
        var _ = ledger.ended(end, report, Duration.ZERO, provider().callCostMicros());
    }

    /** Returns the ends of the calls made so far. */
    public List<CallAttempt> made() {
        return made;
    }

    private CallAttempt begins(Reservation money) {
        return withLoad(CallAttempt.newBuilder()
                .setContext(context)
                .setCallId(CALL_IDS.generate().toString())
                .setMoment(CallMoment.START)
                .setAt(clock.instant())
                .setStage(stage.code())
                .setProvider(provider().name())
                .setAttempt(attempt)
                .setInstance(ledger.instance())
                .setLife(money.life().orElse(null))
                .setBudgetDay(money.day().map(LocalDate::toString).orElse(null))
                .setReservedMicros(money.life().isPresent() ? money.micros() : null)
                .setCanary(comparedWith().map(CanaryShare::provider).orElse(null))
                .setCanaryShare(comparedWith().map(CanaryShare::share).orElse(null)));
    }

    /** The first call of a task counts in a comparison. */
    private Optional<CanaryShare> comparedWith() {
        return made.isEmpty() ? permit.comparedWith() : Optional.empty();
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
