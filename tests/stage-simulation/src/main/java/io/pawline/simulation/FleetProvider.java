package io.pawline.simulation;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Works on so many calls at once and queues the others, however many come. It counts what is in it, and what it could
 * have done. Work goes on when its caller has given up, and keeps its place.
 */
final class FleetProvider {

    private static final Duration CALL_WITHIN = Duration.ofSeconds(90);
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private static final class Job {
        private final Actor caller;
        private @Nullable CallReport report;

        Job(Actor caller) {
            this.caller = caller;
        }
    }

    private final World world;
    private final Duration median;
    private final double shareOfSlow;
    private final Duration slow;
    private final Deque<Job> queue = new ArrayDeque<>();
    private final Deque<Long> latestBegun = new ArrayDeque<>();
    private int capacity;
    private int active;

    private long since;
    private double possible;
    private double occupied;
    private double filled;
    private double mostFilled;
    private int calls;
    private int timedOut;
    private int mostInAMinute;
    private long countedSince;

    /**
     * @param median time of a call
     * @param shareOfSlow calls that take another time
     * @param slow that time
     */
    FleetProvider(World world, int capacity, Duration median, double shareOfSlow, Duration slow) {
        this.world = world;
        this.capacity = capacity;
        this.median = median;
        this.shareOfSlow = shareOfSlow;
        this.slow = slow;
        this.since = world.nanoTime();
    }

    void capacity(int now) {
        pass();
        capacity = now;
        beginNext();
    }

    /** Begins to count anew. */
    void count() {
        pass();
        possible = 0;
        occupied = 0;
        filled = 0;
        mostFilled = 0;
        calls = 0;
        timedOut = 0;
        mostInAMinute = 0;
        countedSince = world.nanoTime();
    }

    /**
     * Is what was counted.
     *
     * @param mostFilled most calls in it at once, those in its queue included, by its capacity
     * @param meanFilled the mean of the same
     * @param occupied share of its places that were taken
     * @param mostInAMinute most calls that began within any minute
     * @param perMinute calls that began within a minute on average
     */
    record Counts(
            double mostFilled,
            double meanFilled,
            double occupied,
            double timedOut,
            int mostInAMinute,
            double perMinute) {}

    Counts counts() {
        pass();
        double minutes = (double) (world.nanoTime() - countedSince) / MINUTE;
        return new Counts(
                mostFilled,
                filled / possible,
                occupied / possible,
                (double) timedOut / Math.max(1, calls),
                mostInAMinute,
                calls / minutes);
    }

    /** Returns how full it is now, 1 being just full. */
    double filledNow() {
        return (double) (active + queue.size()) / capacity;
    }

    private void pass() {
        double time = world.nanoTime() - since;
        since = world.nanoTime();
        possible += time * capacity;
        occupied += time * Math.min(active, capacity);
        filled += time * (active + queue.size());
    }

    /** Makes a call, on the thread of the task. */
    CallReport call() throws InterruptedException {
        pass();
        Job job = new Job(world.self());
        queue.add(job);
        calls++;
        began();
        beginNext();
        mostFilled = Math.max(mostFilled, filledNow());
        long until = world.nanoTime() + CALL_WITHIN.toNanos();
        while (job.report == null && world.nanoTime() < until) {
            world.awaitInterruptibly(until);
        }
        if (job.report == null) {
            timedOut++;
            return CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT);
        }
        return job.report;
    }

    private void began() {
        long now = world.nanoTime();
        latestBegun.addLast(now);
        while (now - latestBegun.getFirst() >= MINUTE) {
            latestBegun.removeFirst();
        }
        if (now - countedSince >= MINUTE) {
            mostInAMinute = Math.max(mostInAMinute, latestBegun.size());
        }
    }

    private void beginNext() {
        while (active < capacity && !queue.isEmpty()) {
            Job job = queue.remove();
            active++;
            double factor = Math.exp(0.3 * world.random().nextGaussian());
            long time = world.chance(shareOfSlow) ? slow.toNanos() : (long) (median.toNanos() * factor);
            world.after(time, () -> {
                pass();
                active--;
                job.report = CallReport.succeeded(200, Optional.empty());
                world.wake(job.caller);
                beginNext();
            });
        }
    }
}
