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
import io.pawline.schemas.Routing;
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
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the outside calls of one attempt. Each is checked, its money is reserved, it is recorded in the ledger, and
 * reported to the provider's limiter. A call that fails for reasons of the provider is made to another one, where the
 * stage has several. A call that is slow may be made a second time. Used by the thread of the attempt.
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

    /** Stands for a call whose end nobody waited for. */
    static final CallReport GIVEN_UP = CallReport.died(Reason.UNCLASSIFIED, CallPhase.WAIT);

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
        return untilOneCan(() -> makeOnce(call));
    }

    @Override
    public <T> T makeHedged(String kind, ProviderCall<T> first, ProviderCall<T> second) throws InterruptedException {
        boolean waitedFor = !Routing.BULK.equals(context.getPriority());
        return untilOneCan(() -> {
            OptionalLong slow = waitedFor ? permit.slowAfter(kind) : OptionalLong.empty();
            return slow.isEmpty()
                    ? makeOnce(first)
                    : new Race<T>(this, ledger.scheduler(), kind, slow.getAsLong()).run(first, second);
        });
    }

    private interface Made<T> {
        OutsideCall.Answer<T> answer() throws InterruptedException;
    }

    private <T> T untilOneCan(Made<T> made) throws InterruptedException {
        while (true) {
            OutsideCall.Answer<T> answer = made.answer();
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
    static boolean isTheProviders(Reason failure) {
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
        return provider(permit);
    }

    private ProviderPolicies provider(Permit of) {
        return providers.get(of.place());
    }

    private <T> OutsideCall.Answer<T> makeOnce(ProviderCall<T> call) throws InterruptedException {
        Begun begun = begin();
        CallReport report = GIVEN_UP;
        CallWork work = CallWork.PLAIN;
        long started = ledger.nanoTime();
        try {
            OutsideCall.Answer<T> answer = call.make(permit.place());
            report = answer.report();
            work = answer.work();
            return answer;
        } finally {
            ended(begun, report, work, started, ledger.nanoTime());
        }
    }

    /**
     * Is a call that may be made now: the ledger has it, and there is money for it.
     *
     * @param event as the ledger has it
     */
    record Begun(Permit permit, CallAttempt event, Reservation money) {}

    /** Begins the call of the attempt's permit. It is for the caller to make it, and to say how it {@link #ended}. */
    Begun begin() throws InterruptedException {
        return begin(permit, false, LONGEST_WAIT_FOR_MONEY);
    }

    /**
     * Begins a second call while the first is under way.
     *
     * @throws NoMoney if there is no money for it now
     */
    Begun beginHedge(Permit second) throws InterruptedException {
        return begin(second, true, Duration.ZERO);
    }

    private Begun begin(Permit at, boolean hedge, Duration longestWait) throws InterruptedException {
        throwIfOver();
        Reservation money = reserve(provider(at).callCostMicros(), longestWait);
        boolean begun = false;
        try {
            CallAttempt event = begins(at, hedge, money);
            long asked = ledger.nanoTime();
            ledger.begins(event, stage.paid());
            checkAgain(at, event, money);
            while (stage.paid() && !check.certain(asked)) {
                ledger.pause();
                checkAgain(at, event, money);
            }
            begun = true;
            return new Begun(at, event, money);
        } finally {
            if (!begun) {
                money.settle(0);
            }
        }
    }

    /** Takes note of how a call ended. */
    void ended(Begun begun, CallReport report, CallWork work, long started, long ended) throws InterruptedException {
        long price = provider(begun.permit()).callCostMicros();
        try {
            begun.permit().called(report, work, started, ended);
            CallAttempt end = withLoad(CallAttempt.newBuilder(begun.event()), begun.permit());
            made.add(ledger.ended(end, report, Duration.ofNanos(ended - started), price));
        } finally {
            begun.money().settle(report.billed() == Billed.NO ? 0 : price);
        }
    }

    /** Takes note that a call was not made after all. */
    void notMade(Begun begun, Reason why) throws InterruptedException {
        try {
            notMade(begun.permit(), begun.event(), why);
        } finally {
            begun.money().settle(0);
        }
    }

    /** Sets whose answer counts; the place of the call before it is given back. */
    void countsOn(Permit chosen) {
        if (chosen != permit) {
            permit.release();
            permit = chosen;
        }
    }

    /** Waits for money for a moment, as an answer takes that is on its way, and no longer: a permit is held meanwhile. */
    private Reservation reserve(long micros, Duration longestWait) throws InterruptedException {
        long began = ledger.nanoTime();
        while (true) {
            switch (budget.reserve(context.getTenant(), TaskId.parse(context.getTaskId()), micros)) {
                case Money.Reserved(Reservation reservation) -> {
                    return reservation;
                }
                case Money.Awaited awaited -> {
                    if (ledger.nanoTime() - began >= longestWait.toNanos()) {
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
    private void checkAgain(Permit at, CallAttempt begun, Reservation money) throws InterruptedException {
        try {
            throwIfOver();
            if (!money.covered()) {
                throw new NoMoney(new Money.Awaited());
            }
        } catch (Over over) {
            notMade(at, begun, over.ended().reason());
            throw over;
        } catch (NoMoney late) {
            notMade(at, begun, Reason.BUDGET_EXCEEDED);
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

    private void notMade(Permit at, CallAttempt begun, Reason why) throws InterruptedException {
        CallReport report = CallReport.died(why, CallPhase.CONNECT);
        CallAttempt end = withLoad(CallAttempt.newBuilder(begun), at);
        var _ = ledger.ended(end, report, Duration.ZERO, provider(at).callCostMicros());
    }

    /** Returns the ends of the calls made so far. */
    public List<CallAttempt> made() {
        return made;
    }

    private CallAttempt begins(Permit at, boolean hedge, Reservation money) {
        CallAttempt.Builder begun = CallAttempt.newBuilder()
                .setContext(context)
                .setCallId(CALL_IDS.generate().toString())
                .setMoment(CallMoment.START)
                .setAt(clock.instant())
                .setStage(stage.code())
                .setProvider(provider(at).name())
                .setAttempt(attempt)
                .setHedge(hedge)
                .setInstance(ledger.instance())
                .setLife(money.life().orElse(null))
                .setBudgetDay(money.day().map(LocalDate::toString).orElse(null))
                .setReservedMicros(money.life().isPresent() ? money.micros() : null)
                .setCanary(comparedWith(hedge).map(CanaryShare::provider).orElse(null))
                .setCanaryShare(comparedWith(hedge).map(CanaryShare::share).orElse(null));
        return withLoad(begun, at);
    }

    /** The first call of a task counts in a comparison. */
    private Optional<CanaryShare> comparedWith(boolean hedge) {
        return made.isEmpty() && !hedge ? permit.comparedWith() : Optional.empty();
    }

    /** Adds the load of this process to an event, so that nobody has to ask a process for it. */
    private static CallAttempt withLoad(CallAttempt.Builder call, Permit at) {
        LoadSnapshot loadSnapshot = at.loadSnapshot();
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
