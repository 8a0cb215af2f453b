package io.pawline.simulation;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.CallWork;
import io.pawline.stage.OutsideCall.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Works on so many calls at once and queues the others, however many come. It may refuse calls beyond a rate. It counts
 * what is in it, and what it could have done. Work goes on when its caller has given up, and keeps its place.
 */
final class FleetProvider {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final Duration REFUSED_AFTER = Duration.ofMillis(50);

    /** Calls with a photo take so many times as long. */
    private static final double PHOTO = 8;

    private static final int FEWEST_TOKENS = 500;

    /** Says how an account's minutes are counted. */
    enum Minutes {
        /** The last 60 seconds count. */
        SLIDING,
        /** The minutes of the clock count, each by itself. */
        OF_THE_CLOCK
    }

    private static final class Job {
        private final Actor caller;
        private final boolean photo;
        private @Nullable CallReport report;

        Job(Actor caller, boolean photo) {
            this.caller = caller;
            this.photo = photo;
        }
    }

    private record Use(long at, long tokens) {}

    private final World world;
    private final Duration median;
    private final double shareOfSlow;
    private final Duration slow;
    private final Deque<Job> queue = new ArrayDeque<>();
    private final Deque<Use> latest = new ArrayDeque<>();
    private int capacity;
    private int active;

    private long since;
    private double possible;
    private double occupied;
    private double filled;
    private double mostFilled;
    private int calls;
    private int answered;
    private int timedOut;
    private int refused;
    private int mostInAMinute;
    private long tokens;
    private long tokensInAMinute;
    private long mostTokensInAMinute;
    private long countedSince;

    private int callsPerMinute = Integer.MAX_VALUE;
    private long tokensPerMinute = Long.MAX_VALUE;
    private Minutes minutes = Minutes.SLIDING;
    private double shareOfPhotos;
    private double shareOfFailures;
    private double spread = 0.3;
    private Duration patience = Duration.ofSeconds(90);
    private int mostAtOnce = Integer.MAX_VALUE;
    private boolean strict;

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

    /** Refuses calls beyond so many in a minute. */
    FleetProvider refusing(int beyondCallsPerMinute, Minutes counted) {
        callsPerMinute = beyondCallsPerMinute;
        minutes = counted;
        return this;
    }

    /** Refuses calls once so many tokens were used in the last minute. A call uses 500 to 1,500. */
    FleetProvider refusingTokens(long beyondTokensPerMinute) {
        tokensPerMinute = beyondTokensPerMinute;
        return this;
    }

    /** Fails so large a share of the calls, after the time that they take, for no reason of load. */
    FleetProvider failing(double share) {
        shareOfFailures = share;
        return this;
    }

    /** Has its callers give up after so long. */
    FleetProvider givenUpAfter(Duration time) {
        patience = time;
        return this;
    }

    /** Refuses calls when so many are in it, those in its queue included. */
    FleetProvider refusingBeyond(int callsAtOnce) {
        mostAtOnce = callsAtOnce;
        return this;
    }

    /** Has its callers give up after so long, and no more calls in it than it has places. */
    FleetProvider strict(Duration callersGiveUpAfter) {
        patience = callersGiveUpAfter;
        spread = 0.1;
        strict = true;
        return this;
    }

    /** Sets the share of the calls that have a photo and take longer. */
    void photos(double share) {
        shareOfPhotos = share;
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
        answered = 0;
        timedOut = 0;
        refused = 0;
        mostInAMinute = 0;
        tokens = 0;
        mostTokensInAMinute = 0;
        countedSince = world.nanoTime();
    }

    /**
     * Is what was counted.
     *
     * @param mostFilled most calls in it at once, those in its queue included, by its capacity
     * @param meanFilled the mean of the same
     * @param occupied share of its places that were taken
     * @param refused share of the calls that it refused
     * @param callsPerSuccess calls for each that succeeded
     * @param mostInAMinute most calls that began within any minute
     * @param perMinute calls that began within a minute on average
     * @param mostTokens most tokens that were used within any minute
     * @param tokensPerMinute tokens that were used within a minute on average
     */
    record Counts(
            double mostFilled,
            double meanFilled,
            double occupied,
            double timedOut,
            double refused,
            double callsPerSuccess,
            int mostInAMinute,
            double perMinute,
            long mostTokens,
            double tokensPerMinute) {}

    Counts counts() {
        pass();
        double minutes = (double) (world.nanoTime() - countedSince) / MINUTE;
        return new Counts(
                mostFilled,
                filled / possible,
                occupied / possible,
                (double) timedOut / Math.max(1, calls),
                (double) refused / Math.max(1, calls + refused),
                (double) calls / Math.max(1, answered),
                mostInAMinute,
                calls / minutes,
                mostTokensInAMinute,
                tokens / minutes);
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
    Answer<CallReport> call() throws InterruptedException {
        pass();
        forgetBeforeAMinute();
        if (latest.size() >= callsPerMinute || tokensInAMinute >= tokensPerMinute) {
            return refuse(
                    Reason.RATE_LIMITED,
                    latest.size() >= callsPerMinute
                            ? "ModelAccountRpmRateLimitExceeded"
                            : "ModelAccountTpmRateLimitExceeded");
        }
        if (active + queue.size() >= mostAtOnce) {
            return refuse(Reason.OVERLOADED, "ServerOverloaded");
        }
        boolean photo = shareOfPhotos > 0 && world.chance(shareOfPhotos);
        CallWork work = work(photo);
        Job job = new Job(world.self(), photo);
        queue.add(job);
        calls++;
        began(work.tokens());
        beginNext();
        mostFilled = Math.max(mostFilled, filledNow());
        world.check(
                !strict || queue.isEmpty(),
                "%d calls at once at a provider with %d places".formatted(active + queue.size(), capacity));
        long until = world.nanoTime() + patience.toNanos();
        while (job.report == null && world.nanoTime() < until) {
            world.awaitInterruptibly(until);
        }
        if (job.report == null) {
            timedOut++;
            CallReport report = CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT);
            return new Answer<>(report, report, CallWork.of(work.kind()));
        }
        return new Answer<>(job.report, job.report, work);
    }

    private CallWork work(boolean photo) {
        long used = tokensPerMinute == Long.MAX_VALUE
                ? 0
                : FEWEST_TOKENS + world.random().nextInt(2 * FEWEST_TOKENS);
        return new CallWork(photo ? "photo" : "words", used);
    }

    private Answer<CallReport> refuse(Reason reason, String code) throws InterruptedException {
        refused++;
        long until = world.nanoTime() + REFUSED_AFTER.toNanos();
        while (world.nanoTime() < until) {
            world.awaitInterruptibly(until);
        }
        CallReport report = new CallReport(
                Optional.of(reason),
                CallPhase.DONE,
                Optional.of(429),
                Optional.of(code),
                Optional.empty(),
                Optional.empty());
        return new Answer<>(report, report);
    }

    private void forgetBeforeAMinute() {
        long now = world.nanoTime();
        while (!latest.isEmpty() && isOver(latest.getFirst().at(), now)) {
            tokensInAMinute -= latest.removeFirst().tokens();
        }
    }

    private boolean isOver(long at, long now) {
        return minutes == Minutes.SLIDING ? now - at >= MINUTE : at / MINUTE != now / MINUTE;
    }

    private void began(long used) {
        latest.addLast(new Use(world.nanoTime(), used));
        tokensInAMinute += used;
        tokens += used;
        if (world.nanoTime() - countedSince >= MINUTE) {
            mostInAMinute = Math.max(mostInAMinute, latest.size());
            mostTokensInAMinute = Math.max(mostTokensInAMinute, tokensInAMinute);
        }
    }

    private void beginNext() {
        while (active < capacity && !queue.isEmpty()) {
            Job job = queue.remove();
            active++;
            double factor = Math.exp(spread * world.random().nextGaussian()) * (job.photo ? PHOTO : 1);
            long time = world.chance(shareOfSlow) ? slow.toNanos() : (long) (median.toNanos() * factor);
            world.after(time, () -> {
                pass();
                active--;
                job.report = shareOfFailures > 0 && world.chance(shareOfFailures)
                        ? CallReport.refused(Reason.PROVIDER_ERROR, 500)
                        : CallReport.succeeded(200, Optional.empty());
                answered += job.report.failure().isEmpty() ? 1 : 0;
                world.wake(job.caller);
                beginNext();
            });
        }
    }
}
