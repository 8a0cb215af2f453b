package io.pawline.stage.ledger;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.CallWork;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderCall;
import io.pawline.stage.Scheduler;
import io.pawline.stage.budget.Money;
import io.pawline.stage.provider.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Makes a call, and a second one if the first takes long. The answer that comes first counts, unless it is a failure of
 * its provider and the other call may still succeed. Used by the thread of the attempt, once.
 */
final class Race<T> {

    /*
     * Each call has a thread that does nothing but make it. The thread of the attempt waits for the answers. It begins
     * and ends both calls in the ledger, so that no interrupt meets a write to it. When one answer counts, the thread of
     * the other call is interrupted, which cuts its connection, and its end is awaited. So no call outlives its attempt.
     *
     * The hedge is a paid call like any other: it has a permit, its money is reserved, and the ledger has acknowledged it
     * before it begins. If the first answer comes while the ledger is asked, the hedge is not made.
     */

    private static final Logger log = LoggerFactory.getLogger(Race.class);

    /** A call that is not hedged for now is looked at again after this part of the time after which it is slow. */
    private static final int LOOKS = 8;

    private static final long SHORTEST_LOOK = TimeUnit.MILLISECONDS.toNanos(10);

    /** Is a call under way. */
    private record Runner(RecordedCalls.Begun begun, Scheduler.Worker thread) {}

    /**
     * Says what came of a call.
     *
     * @param answer null if it threw
     * @param thrown null if it answered
     */
    private record Arrival<T>(
            RecordedCalls.Begun begun,
            OutsideCall.@Nullable Answer<T> answer,
            @Nullable Throwable thrown,
            long started,
            long ended) {

        /** Says whether the other call could bring nothing better. */
        boolean counts() {
            return answer == null
                    || answer.report()
                            .failure()
                            .filter(RecordedCalls::isTheProviders)
                            .isEmpty();
        }

        CallReport report(CallReport ifThrown) {
            return answer == null ? ifThrown : answer.report();
        }

        CallWork work() {
            return answer == null ? CallWork.PLAIN : answer.work();
        }
    }

    private final RecordedCalls calls;
    private final Scheduler scheduler;
    private final String kind;
    private final long slowAfter;
    private final Scheduler.Mailbox<Arrival<T>> arrivals;
    private final List<Runner> running = new ArrayList<>(2);
    private boolean mayHedge = true;

    /** @param slowAfter nanoseconds after which the first call is slow */
    Race(RecordedCalls calls, Scheduler scheduler, String kind, long slowAfter) {
        this.calls = calls;
        this.scheduler = scheduler;
        this.kind = kind;
        this.slowAfter = slowAfter;
        this.arrivals = scheduler.mailbox();
    }

    /**
     * Makes the call, and the second one if need be.
     *
     * @return the answer that counts; the attempt goes on with the permit of its call
     */
    OutsideCall.Answer<T> run(ProviderCall<T> first, ProviderCall<T> second) throws InterruptedException {
        RecordedCalls.Begun begun = calls.begin();
        Arrival<T> arrival;
        CallReport ofTheOther = RecordedCalls.GIVEN_UP;
        try {
            start(begun, first);
            arrival = await(begun, second);
            ended(arrival, RecordedCalls.GIVEN_UP);
            if (!arrival.counts() && !running.isEmpty()) {
                arrival.begun().permit().release();
                arrival = arrivals.take();
                ended(arrival, RecordedCalls.GIVEN_UP);
            }
            ofTheOther = CallReport.died(Reason.SUPERSEDED, CallPhase.WAIT);
        } finally {
            cutTheRest(ofTheOther);
        }
        calls.countsOn(arrival.begun().permit());
        return valueOf(arrival);
    }

    /** Waits for the first answer, and begins the second call meanwhile if the first is slow. */
    private Arrival<T> await(RecordedCalls.Begun first, ProviderCall<T> second) throws InterruptedException {
        long began = scheduler.nanoTime();
        long look = Math.max(SHORTEST_LOOK, slowAfter / LOOKS);
        Arrival<T> arrival = arrivals.poll(Duration.ofNanos(slowAfter));
        while (arrival == null) {
            if (mayHedge) {
                arrival = hedge(first, second, scheduler.nanoTime() - began);
            }
            if (arrival == null) {
                arrival = mayHedge ? arrivals.poll(Duration.ofNanos(look)) : arrivals.take();
            }
        }
        return arrival;
    }

    /**
     * Makes the second call, if it may be made now.
     *
     * @return the answer to the first one, if it came before
     */
    private @Nullable Arrival<T> hedge(RecordedCalls.Begun first, ProviderCall<T> second, long elapsed)
            throws InterruptedException {
        Optional<Permit> idle = first.permit().hedge(kind, elapsed);
        if (idle.isEmpty()) {
            return null;
        }
        boolean made = false;
        try {
            RecordedCalls.Begun begun = calls.beginHedge(idle.get());
            mayHedge = false;
            Arrival<T> early = arrivals.poll(Duration.ZERO);
            if (early != null) {
                calls.notMade(begun, Reason.SUPERSEDED);
                return early;
            }
            log.info("the call takes long, so it is made a second time");
            first.permit().hedgedBy(idle.get());
            made = true;
            start(begun, second);
        } catch (RecordedCalls.NoMoney noMoney) {
            // What is awaited may be there at the next look
            mayHedge = noMoney.money() instanceof Money.Awaited;
        } catch (RecordedCalls.Over | RecordedCalls.Lost over) {
            // What becomes of the task is decided when the first call has ended
            mayHedge = false;
        } finally {
            if (!made) {
                idle.get().release();
            }
        }
        return null;
    }

    private void start(RecordedCalls.Begun begun, ProviderCall<T> call) {
        Map<String, String> names = MDC.getCopyOfContextMap();
        Scheduler.Worker thread = scheduler.virtualThread("call", () -> {
            if (names != null) {
                MDC.setContextMap(names);
            }
            arrivals.add(make(begun, call));
        });
        running.add(new Runner(begun, thread));
        thread.start();
    }

    private Arrival<T> make(RecordedCalls.Begun begun, ProviderCall<T> call) {
        long started = scheduler.nanoTime();
        OutsideCall.Answer<T> answer = null;
        Throwable thrown = null;
        try {
            answer = call.make(begun.permit().place());
        } catch (InterruptedException | RuntimeException | Error failed) {
            // It is thrown again on the thread of the attempt
            thrown = failed;
        }
        return new Arrival<>(begun, answer, thrown, started, scheduler.nanoTime());
    }

    private void ended(Arrival<T> arrival, CallReport ifThrown) throws InterruptedException {
        running.removeIf(runner -> runner.begun().equals(arrival.begun()));
        calls.ended(arrival.begun(), arrival.report(ifThrown), arrival.work(), arrival.started(), arrival.ended());
    }

    private OutsideCall.Answer<T> valueOf(Arrival<T> arrival) throws InterruptedException {
        switch (arrival.thrown()) {
            case null -> {
                // it answered
            }
            case InterruptedException givenUp -> throw givenUp;
            case RuntimeException bug -> throw bug;
            case Error bug -> throw bug;
            default -> throw new IllegalStateException(arrival.thrown());
        }
        return Objects.requireNonNull(arrival.answer(), "it neither answered nor threw");
    }

    /** Ends the calls that nobody waits for any more, and waits for their ends. */
    private void cutTheRest(CallReport ifCut) throws InterruptedException {
        boolean interrupted = false;
        List.copyOf(running).forEach(runner -> runner.thread().interrupt());
        while (!running.isEmpty()) {
            Arrival<T> late;
            try {
                late = arrivals.take();
            } catch (InterruptedException again) {
                interrupted = true;
                continue;
            }
            try {
                ended(late, ifCut);
            } finally {
                late.begun().permit().release();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
