package io.pawline.testkit;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stands for a provider with so many slots. Calls beyond them wait in the order they came, those beyond the hard limit
 * are refused. A call that its client gave up on keeps its place and is worked on all the same. The times of calls are
 * spread log-normally. Thread-safe.
 */
public final class RealTimeProvider implements AutoCloseable {

    private static final double SPREAD = 0.3;

    /** Counts what happened between two moments: the difference of the counts at each. */
    public record Counts(
            int calls, int succeeded, int failed, int refused, int timedOut, double usedSeconds, double slotSeconds) {

        Counts since(Counts before) {
            return new Counts(
                    calls - before.calls,
                    succeeded - before.succeeded,
                    failed - before.failed,
                    refused - before.refused,
                    timedOut - before.timedOut,
                    usedSeconds - before.usedSeconds,
                    slotSeconds - before.slotSeconds);
        }

        /** Returns the share of what the provider could have done that somebody still waited for. */
        double use() {
            return usedSeconds / slotSeconds;
        }

        double shareTimedOut() {
            return calls == 0 ? 0 : (double) timedOut / calls;
        }
    }

    private final Random random = new Random(1);
    private final ScheduledThreadPoolExecutor time = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("provider").factory());
    private final Queue<CompletableFuture<CallReport>> waiting = new ArrayDeque<>();
    private final double medianSeconds;
    private final int hardLimit;
    private int slots;
    private int working;
    private double shareOfFailures;
    private long slotsSince = System.nanoTime();
    private Counts counts = new Counts(0, 0, 0, 0, 0, 0, 0);

    public RealTimeProvider(int slots, int hardLimit, Duration median) {
        this.slots = slots;
        this.hardLimit = hardLimit;
        this.medianSeconds = median.toNanos() / 1e9;
        time.setRemoveOnCancelPolicy(true);
    }

    /** Returns the calls a second that so many slots can do. */
    double perSecond(int ofSlots) {
        return ofSlots / (medianSeconds * Math.exp(SPREAD * SPREAD / 2));
    }

    /** Sets on how many calls it works at once from now on. With 0 it takes calls and answers none. */
    public synchronized void slots(int now) {
        countSlots();
        slots = now;
        admit();
    }

    /** Sets the share of the calls that fail from now on, after the time that they take, for no reason of load. */
    synchronized void shareOfFailures(double now) {
        shareOfFailures = now;
    }

    public synchronized Counts counts() {
        countSlots();
        return counts;
    }

    /** Makes a call and waits for its answer for so long. */
    public CallReport call(Duration patience) throws InterruptedException {
        CompletableFuture<CallReport> answer = enter();
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return givenUp(answer);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private synchronized CallReport givenUp(CompletableFuture<CallReport> answer) {
        if (answer.complete(CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT))) {
            count(0, 0, 0, 0, 1, 0);
        }
        return answer.join();
    }

    private synchronized CompletableFuture<CallReport> enter() {
        CompletableFuture<CallReport> answer = new CompletableFuture<>();
        count(1, 0, 0, 0, 0, 0);
        if (working + waiting.size() >= hardLimit) {
            count(0, 0, 0, 1, 0, 0);
            later(medianSeconds / 5, () -> answer.complete(CallReport.refused(Reason.OVERLOADED, 429)));
        } else {
            waiting.add(answer);
            admit();
        }
        return answer;
    }

    private synchronized void admit() {
        while (working < slots && !waiting.isEmpty()) {
            CompletableFuture<CallReport> answer = waiting.remove();
            working++;
            double seconds = medianSeconds * Math.exp(SPREAD * random.nextGaussian());
            boolean fails = random.nextDouble() < shareOfFailures;
            later(seconds, () -> finish(answer, seconds, fails));
        }
    }

    private synchronized void finish(CompletableFuture<CallReport> answer, double seconds, boolean fails) {
        working--;
        CallReport report =
                fails ? CallReport.refused(Reason.PROVIDER_ERROR, 500) : CallReport.succeeded(200, Optional.empty());
        if (answer.complete(report)) {
            count(0, fails ? 0 : 1, fails ? 1 : 0, 0, 0, seconds);
        }
        admit();
    }

    private void later(double seconds, Runnable action) {
        var _ = time.schedule(action, (long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    }

    private void countSlots() {
        long now = System.nanoTime();
        counts = counts.since(new Counts(0, 0, 0, 0, 0, 0, -slots * (now - slotsSince) / 1e9));
        slotsSince = now;
    }

    private void count(int calls, int succeeded, int failed, int refused, int timedOut, double used) {
        counts = counts.since(new Counts(-calls, -succeeded, -failed, -refused, -timedOut, -used, 0));
    }

    @Override
    public void close() {
        time.shutdownNow();
    }
}
