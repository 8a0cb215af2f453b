package io.pawline.stage.provider;

import io.pawline.schemas.CallReport;
import io.pawline.schemas.TaskId;
import io.pawline.stage.CallWork;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Gives one task a place among those at work, until it is closed for the first time. Used by the task's thread. */
public final class Permit implements AutoCloseable {

    private final ConcurrencyLimiter limiter;
    private final boolean probe;
    private final int openingsBefore;
    private final int inFlightAtStart;
    private OptionalLong turn = OptionalLong.empty();
    private boolean called;
    private boolean closed;
    private boolean hedge;
    private int place;
    private BitSet placesCalled = new BitSet();
    private @Nullable ProviderChain chain;
    private @Nullable Permit outer;
    private Optional<CanaryShare> comparedWith = Optional.empty();

    Permit(ConcurrencyLimiter limiter, boolean probe, int openingsBefore, int inFlightAtStart) {
        this.limiter = limiter;
        this.probe = probe;
        this.openingsBefore = openingsBefore;
        this.inFlightAtStart = inFlightAtStart;
    }

    /** Sets the stage's permit that is given back together with this one. */
    public void within(Permit stagePermit) {
        outer = stagePermit;
    }

    /**
     * Sets where the permit comes from.
     *
     * @param calledBefore places of the providers that the task has called before
     */
    void at(ProviderChain givenBy, int itsPlace, BitSet calledBefore) {
        chain = givenBy;
        place = itsPlace;
        placesCalled = (BitSet) calledBefore.clone();
        placesCalled.set(itsPlace);
    }

    /** Returns the place of the provider among those of the stage; 0 for the first. */
    public int place() {
        return place;
    }

    /**
     * Exchanges this permit for one at a provider that the task has not called yet. This one is closed then. If no such
     * provider has one now, this one stays as it is, and the result is empty.
     */
    public Optional<Permit> moveOn() {
        Optional<Permit> next = chain == null ? Optional.empty() : chain.another(placesCalled);
        if (next.isPresent()) {
            release();
        }
        return next;
    }

    /** Returns the nanoseconds after which a call of this kind is slow; empty if this one is not to be hedged. */
    public OptionalLong slowAfter(String kind) {
        // A probe has to find out itself
        return chain == null || probe ? OptionalLong.empty() : chain.slowAfter(place, kind);
    }

    /**
     * Gives a permit for a second call while that of this permit is under way. Empty if there is none for it now.
     *
     * @param elapsedNanos since the call began
     */
    public Optional<Permit> hedge(String kind, long elapsedNanos) {
        return chain == null || probe ? Optional.empty() : chain.hedge(placesCalled, place, kind, elapsedNanos);
    }

    /** Sets that the permit is for a hedge. */
    void hedges() {
        hedge = true;
    }

    /** Takes note that the call was made a second time, so the attempt calls that provider no more. */
    public void hedgedBy(Permit second) {
        placesCalled.set(second.place);
    }

    /**
     * Returns the permit with which a task begins: one of the canary if the task is of its share, else this one. It is
     * called once, before the first call. The caller closes both.
     */
    public Permit compared(TaskId task) {
        return chain == null ? this : chain.compared(task, this);
    }

    /** Lets what becomes of the task count in the comparison with a canary, on whichever side it is. */
    void compareWith(CanaryShare canary) {
        comparedWith = Optional.of(canary);
    }

    /** Returns the canary in whose comparison the task counts; empty: in none. */
    public Optional<CanaryShare> comparedWith() {
        return comparedWith;
    }

    /** Says whether another provider of the stage takes calls now. */
    public boolean othersOpen() {
        return chain != null && chain.othersOpen(place);
    }

    /** Says whether this task finds out if a failing provider works again. Its failure is then no fault of the task. */
    public boolean probe() {
        return probe;
    }

    /** Returns how often the breaker had opened when the permit was given. */
    int openingsBefore() {
        return openingsBefore;
    }

    /** Sets the turn that it has at the provider's rate. */
    void turn(long taken) {
        turn = OptionalLong.of(taken);
    }

    OptionalLong turn() {
        return turn;
    }

    int inFlightAtStart() {
        return inFlightAtStart;
    }

    /** Returns the load of the stage's process at this moment. */
    public LoadSnapshot loadSnapshot() {
        return outer == null ? limiter.loadSnapshot() : outer.loadSnapshot();
    }

    /** Reports the result of a call that is like all others. */
    public void called(CallReport report, long startedNanos, long endedNanos) {
        called(report, CallWork.PLAIN, startedNanos, endedNanos);
    }

    /** Reports the result of a call to the provider. Of several calls of one task, the first counts. */
    public void called(CallReport report, CallWork work, long startedNanos, long endedNanos) {
        if (!called) {
            called = true;
            if (chain != null && !hedge) {
                chain.called();
            }
            limiter.ended(this, report, work, startedNanos, endedNanos);
        }
    }

    /** Gives the place at the provider back, and keeps the stage's permit. Doing so again changes nothing. */
    public void release() {
        if (!closed) {
            closed = true;
            if (chain != null && hedge && !called) {
                chain.hedgeNotMade();
            }
            limiter.release(this, called);
        }
    }

    @Override
    public void close() {
        release();
        if (outer != null) {
            outer.close();
        }
    }
}
