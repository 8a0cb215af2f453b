package io.pawline.stage.provider;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Limits the rate at which calls begin, where the provider publishes one. In any second, no more calls begin than the
 * rate, rounded up. A stage that always has work reaches the rate. A task that makes no call, since it was cancelled or
 * came too late, leaves its turn to the next. So a backlog of such tasks is gone at once. Thread-safe.
 */
final class CallRate {

    private static final double SECOND = 1_000_000_000;

    /** A whole window's calls at once would be a burst, so this part of them may begin in a part of its time. */
    private static final int PORTIONS = 10;

    /** A second's calls are soon over, so they may begin in half of their time. */
    private static final double HASTE = 0.5;

    /** A longer window's calls are spread over nearly all of it. */
    private static final double SLIGHT_HASTE = 0.6;

    private final LongSupplier nanoTime;
    private final double window;
    private double rate;
    private int calls;
    private long perCalls;
    private int portion;
    private long perPortion;

    /** Holds when the latest calls began, the oldest first; as many as are compared. */
    private final ArrayDeque<Long> begun = new ArrayDeque<>();

    /**
     * @param perSecond calls per second, more than 0; may be a fraction
     * @param nanoTime a clock that runs evenly, such as {@link System#nanoTime()}
     */
    CallRate(double perSecond, LongSupplier nanoTime) {
        this(perSecond, 1, nanoTime);
    }

    /**
     * @param perSecond calls per second, more than 0; may be a fraction
     * @param window seconds over which the rate is compared: a call that was late is made up for within this time
     * @param nanoTime a clock that runs evenly, such as {@link System#nanoTime()}
     */
    CallRate(double perSecond, double window, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.window = window;
        perSecond(perSecond);
    }

    /**
     * Sets another rate; takes effect at once.
     *
     * @param perSecond calls per second; may be a fraction; 0: no call may begin
     */
    final synchronized void perSecond(double perSecond) {
        if (perSecond != rate) {
            rate = perSecond;
            calls = (int) Math.ceil(perSecond * window);
            perCalls = calls == 0 ? Long.MAX_VALUE : (long) Math.ceil(calls / perSecond * SECOND);
            portion = Math.ceilDiv(calls, PORTIONS);
            perPortion = calls == 0
                    ? Long.MAX_VALUE
                    : (long) (portion / perSecond * SECOND * (window > 1 ? SLIGHT_HASTE : HASTE));
        }
    }

    /** Returns the turn of a call that may begin now; empty if none may. A call follows, or {@link #notMade}. */
    synchronized OptionalLong tryBegin() {
        long now = nanoTime.getAsLong();
        while (!begun.isEmpty() && now - begun.peekFirst() >= perCalls) {
            begun.removeFirst();
        }
        if (begun.size() >= calls || portionIsUsed(now)) {
            return OptionalLong.empty();
        }
        begun.addLast(now);
        return OptionalLong.of(now);
    }

    private boolean portionIsUsed(long now) {
        int recent = 0;
        for (Iterator<Long> latest = begun.descendingIterator(); latest.hasNext() && recent < portion; recent++) {
            if (now - latest.next() >= perPortion) {
                return false;
            }
        }
        return recent >= portion;
    }

    /** Takes note that the call with this turn was not made after all. */
    synchronized void notMade(long turn) {
        begun.removeLastOccurrence(turn);
    }
}
