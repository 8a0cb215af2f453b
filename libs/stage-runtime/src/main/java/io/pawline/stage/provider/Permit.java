package io.pawline.stage.provider;

import io.pawline.schemas.CallReport;
import org.jspecify.annotations.Nullable;

/** One task's place among those at work, until it is closed. Used by the task's thread. */
public final class Permit implements AutoCloseable {

    private final ConcurrencyLimiter limiter;
    private final boolean probe;
    private final int openingsBefore;
    private final int inFlightAtStart;
    private boolean called;
    private @Nullable Permit outer;

    Permit(ConcurrencyLimiter limiter, boolean probe, int openingsBefore, int inFlightAtStart) {
        this.limiter = limiter;
        this.probe = probe;
        this.openingsBefore = openingsBefore;
        this.inFlightAtStart = inFlightAtStart;
    }

    /** Gives that one back as well when this is closed. */
    public void within(Permit stagePermit) {
        outer = stagePermit;
    }

    /** Whether this task finds out if a failing provider works again: its failure is then no fault of the task. */
    public boolean probe() {
        return probe;
    }

    /** How often the breaker had opened. */
    int openingsBefore() {
        return openingsBefore;
    }

    int inFlightAtStart() {
        return inFlightAtStart;
    }

    /** How the stage's process stands at this moment. */
    public LoadSnapshot loadSnapshot() {
        return outer == null ? limiter.loadSnapshot() : outer.loadSnapshot();
    }

    /** Tells what a call to the provider came to; of several calls of one task, the first counts. */
    public void called(CallReport report, long startedNanos, long endedNanos) {
        if (!called) {
            called = true;
            limiter.ended(this, report, startedNanos, endedNanos);
        }
    }

    @Override
    public void close() {
        limiter.release(this, called);
        if (outer != null) {
            outer.close();
        }
    }
}
