package io.pawline.stage.dispatch;

import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.Demand;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.TenantUse;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a stage's records that wait for permits, and says which is next. Not thread-safe: guarded by
 * its {@link Dispatcher}.
 */
public interface ReadyQueue {

    /**
     * Carries a record on its way to its thread.
     *
     * @param sinceNanos when it began to wait, by {@link System#nanoTime}
     */
    record Begun(WorkItem item, Permit permit, long sinceNanos) {}

    /**
     * Carries a record that has to wait elsewhere.
     *
     * @param forLong whether it would not have its turn here before it is back from the long-retry topic
     */
    record Overflow(WorkItem item, boolean forLong) {}

    void add(WorkItem item, long nowNanos);

    /** Counts the records that wait. */
    int size();

    /** Says whether there is no use in asking for the next. */
    boolean isEmpty();

    /**
     * Takes the next record that may begin and whose partition is not on its way out; null if there is none.
     *
     * @param permit the stage's, for this record
     */
    @Nullable
    Begun next(Permit permit);

    /** Takes note that a record is no longer at work and its permit is given back. */
    void ended(Begun begun);

    /** Looks again at what could not begin before, for it may be able to now. */
    default void timeHasPassed() {}

    /** Takes out the records whose tasks may wait no longer. */
    default List<WorkItem> overdue(Instant now) {
        return List.of();
    }

    /** Says how urgently its records wait. */
    default Demand demand(long nowNanos) {
        return Demand.NONE;
    }

    /** Drops the records of fenced partitions. */
    void dropFenced();

    /** Says what each of the tenants with the most records has and wants, that with the most first. */
    default List<TenantUse> tenants(int most) {
        return List.of();
    }

    /** Takes out the records that have to wait elsewhere, so that the others are not held up. */
    default List<Overflow> overflow(long nowNanos) {
        return List.of();
    }
}
