package io.pawline.stage.metrics;

import io.pawline.stage.provider.TenantUse;
import java.util.List;

/**
 * Holds the amounts of what waits in a stage's process. The poll thread writes them and the meters
 * read them. Thread-safe.
 */
public final class Backlog {

    private volatile int ready;
    private volatile int held;
    private volatile long lag;
    private volatile long netLag;
    private volatile int unwritable;
    private volatile List<TenantUse> tenants = List.of();

    /**
     * Sets how much waits now.
     *
     * @param ready records that are due and have no permit
     * @param held records that wait for their time
     * @param lag records of the work topic from the committed offset on
     * @param netLag those of them that are not completed
     * @param unwritable finished tasks that a topic does not take now
     */
    public void set(int ready, int held, long lag, long netLag, int unwritable) {
        this.ready = ready;
        this.held = held;
        this.lag = lag;
        this.netLag = netLag;
        this.unwritable = unwritable;
    }

    /** Counts the records that are due and have no permit, as of the last second. */
    public int ready() {
        return ready;
    }

    /** Sets what the tenants with the most tasks have and want now. */
    public void tenants(List<TenantUse> busiest) {
        tenants = List.copyOf(busiest);
    }

    /** Returns what the tenants with the most tasks have and want, as of the last second. */
    public List<TenantUse> tenants() {
        return tenants;
    }

    int held() {
        return held;
    }

    long lag() {
        return lag;
    }

    long netLag() {
        return netLag;
    }

    int unwritable() {
        return unwritable;
    }
}
