package io.pawline.stage.budget;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds the money of one call, from before its beginning in the ledger until its end. Thread-safe. */
public final class Reservation {

    /** Stands for a call that costs nothing, or on whose cost there is no limit. */
    public static final Reservation UNLIMITED = new Reservation(null, "", Optional.empty(), List.of(), 0);

    private final @Nullable BudgetLeases leases;
    private final String life;
    private final Optional<LocalDate> day;
    private final List<BudgetLeases.Held> held;
    private final long micros;
    private boolean settled;

    Reservation(
            @Nullable BudgetLeases leases,
            String life,
            Optional<LocalDate> day,
            List<BudgetLeases.Held> held,
            long micros) {
        this.leases = leases;
        this.life = life;
        this.day = day;
        this.held = held;
        this.micros = micros;
    }

    /** Returns the life whose leases it is a part of; empty if there is no limit. */
    public Optional<String> life() {
        return leases == null ? Optional.empty() : Optional.of(life);
    }

    /** Returns the day whose money it is; empty if only the task's is limited. */
    public Optional<LocalDate> day() {
        return day;
    }

    /** Returns what the call costs at most, in millionths. */
    public long micros() {
        return micros;
    }

    /**
     * Says whether the leases hold at this moment, so that the call may begin. It is asked when the ledger has
     * acknowledged the call. Whoever counts what a dead process spent reads the ledger after its leases have ended, so
     * it knows of every call for which this was true.
     */
    public boolean covered() {
        return leases == null || leases.covered(held);
    }

    /**
     * Gives back what the call did not cost. Doing so again changes nothing.
     *
     * @param cost in millionths, at most what was reserved
     */
    public synchronized void settle(long cost) {
        if (leases != null && !settled) {
            settled = true;
            leases.settle(held, micros, Math.clamp(cost, 0, micros));
        }
    }
}
