package io.pawline.simulation;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does what a provider did on the afternoon of the incident report: so many calls at once and a queue without a bound,
 * slow answers, and failures of several kinds. Work goes on when its caller has given up, and keeps its place.
 */
final class AfternoonProvider {

    /**
     * Says how it behaves.
     *
     * @param capacity calls that it works on at once
     * @param median of the time for a call
     * @param spread standard deviation of the logarithm of that time
     * @param failing share of the calls that it answers with a failure of its own
     * @param lost share of the calls whose connection breaks
     * @param hanging share of the calls that it never answers
     */
    record Conditions(int capacity, Duration median, double spread, double failing, double lost, double hanging) {}

    /** Is a time with conditions of its own, counted from the beginning. */
    record Window(Duration from, Duration to, Conditions conditions) {}

    private static final class Job {
        private final Actor caller;
        private @Nullable CallReport report;

        Job(Actor caller) {
            this.caller = caller;
        }
    }

    private final World world;
    private final Conditions usual;
    private final List<Window> windows;
    private final Duration callWithin;
    private final Deque<Job> queue = new ArrayDeque<>();
    private int active;

    /** @param callWithin after which its callers give up */
    AfternoonProvider(World world, Conditions usual, List<Window> windows, Duration callWithin) {
        this.world = world;
        this.usual = usual;
        this.windows = windows;
        this.callWithin = callWithin;
        // More may begin where conditions change
        windows.forEach(window -> {
            world.after(window.from(), this::beginNext);
            world.after(window.to(), this::beginNext);
        });
    }

    private Conditions now() {
        Duration passed = world.passed();
        return windows.stream()
                .filter(window -> passed.compareTo(window.from()) >= 0 && passed.compareTo(window.to()) < 0)
                .map(Window::conditions)
                .findFirst()
                .orElse(usual);
    }

    /** Makes a call, on the thread of the task. */
    CallReport call() throws InterruptedException {
        Job job = new Job(world.self());
        queue.add(job);
        beginNext();
        long until = world.nanoTime() + callWithin.toNanos();
        while (job.report == null && world.nanoTime() < until) {
            world.awaitInterruptibly(until);
        }
        if (job.report == null) {
            queue.remove(job);
            return CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT);
        }
        return job.report;
    }

    private void beginNext() {
        while (active < now().capacity() && !queue.isEmpty()) {
            Job job = queue.remove();
            active++;
            Conditions conditions = now();
            double drawn = world.random().nextDouble();
            if (drawn < conditions.hanging()) {
                world.after(callWithin, this::leave);
                continue;
            }
            double factor = Math.exp(conditions.spread() * world.random().nextGaussian());
            world.after((long) (conditions.median().toNanos() * factor), () -> {
                job.report = report(conditions, drawn - conditions.hanging());
                world.wake(job.caller);
                leave();
            });
        }
    }

    private void leave() {
        active--;
        beginNext();
    }

    private static CallReport report(Conditions conditions, double drawn) {
        if (drawn < conditions.failing()) {
            return CallReport.refused(Reason.PROVIDER_ERROR, 500);
        }
        if (drawn < conditions.failing() + conditions.lost()) {
            return CallReport.died(Reason.CONNECTION_LOST, CallPhase.WAIT);
        }
        return CallReport.succeeded(200, Optional.empty());
    }
}
