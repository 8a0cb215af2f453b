package io.pawline.stage.provider;

/** Says how many calls to a provider this process may have in flight, and learns from each that ended. Thread-safe. */
interface CallLimit {

    /** Returns how many calls may be in flight now. */
    int limit();

    /** Sets the highest limit; takes effect at once. */
    void max(int newMax);

    /**
     * Begins low again, since no call was made for a while.
     *
     * @param inFlight calls that are under way all the same
     * @param nanos the time, by the clock of {@link EndedCall}
     */
    void startAgain(int inFlight, long nanos);

    /** Takes note of a call. It is to be called once for each call, when it ends. */
    void ended(EndedCall call);

    /** Takes note that a task had to wait because of the limit. */
    default void refused() {}
}
