package io.pawline.stage.metrics;

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
