package io.pawline.stage.metrics;

/**
 * What waits in a stage's process, for the operator: written by the poll thread, read by whoever asks.
 */
public final class Backlog {

    private volatile int ready;
    private volatile int held;
    private volatile long lag;
    private volatile long netLag;

    /**
     * Says how much waits now.
     *
     * @param ready records that are due and have no permit
     * @param held records that wait for their time
     * @param lag records of the work topic from the committed offset on
     * @param netLag those of them that are not completed
     */
    public void set(int ready, int held, long lag, long netLag) {
        this.ready = ready;
        this.held = held;
        this.lag = lag;
        this.netLag = netLag;
    }

    int ready() {
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
}
