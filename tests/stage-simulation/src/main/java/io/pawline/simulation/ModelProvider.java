package io.pawline.simulation;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does what a provider does: so many calls at once, a queue, then refusals. Work goes on when its caller has given up,
 * and keeps its place. It can be dead, hang, lose half of its places, refuse with a moment to come back, or fail.
 */
final class ModelProvider {

    /** Says how it behaves. */
    enum Mood {
        HEALTHY,
        DEAD,
        HANGING,
        HALVED,
        REFUSING,
        FAILING
    }

    private static final Duration CALL_WITHIN = Duration.ofSeconds(30);

    private static final class Job {
        private final Actor caller;
        private @Nullable CallReport report;

        Job(Actor caller) {
            this.caller = caller;
        }
    }

    private final World world;
    private final String name;
    private final int places;
    private final Duration shortest;
    private final Duration longest;
    private final Deque<Job> queue = new ArrayDeque<>();
    private final List<Job> hanging = new ArrayList<>();
    private Mood mood = Mood.HEALTHY;
    private int active;

    ModelProvider(World world, String name, int places, Duration shortest, Duration longest) {
        this.world = world;
        this.name = name;
        this.places = places;
        this.shortest = shortest;
        this.longest = longest;
    }

    void mood(Mood now) {
        world.note("provider %s is %s".formatted(name, now));
        mood = now;
        if (now != Mood.HANGING) {
            hanging.forEach(job -> world.after(world.between(shortest, longest), () -> done(job)));
            hanging.clear();
        }
        beginNext();
    }

    /** Counts the calls that it works on, those included that nobody waits for any more. */
    int active() {
        return active + queue.size();
    }

    /** Makes a call, on the thread of the task. */
    CallReport call(SimulatedProcess process) throws InterruptedException {
        world.sleep(world.between(Duration.ofMillis(1), Duration.ofMillis(20)));
        if (mood == Mood.DEAD || process.cutOff()) {
            world.sleep(world.between(Duration.ofMillis(5), Duration.ofSeconds(2)));
            return CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT);
        }
        if (mood == Mood.REFUSING) {
            return refused(Optional.of(world.between(Duration.ofSeconds(1), Duration.ofSeconds(20))));
        }
        if (active >= placesNow() && queue.size() >= places) {
            return refused(Optional.empty());
        }
        Job job = new Job(world.self());
        queue.add(job);
        beginNext();
        long until = world.nanoTime() + CALL_WITHIN.toNanos();
        while (job.report == null && world.nanoTime() < until) {
            world.awaitInterruptibly(until);
        }
        CallReport report = job.report;
        if (report == null) {
            queue.remove(job);
            return CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT);
        }
        return process.cutOff() ? CallReport.died(Reason.CONNECTION_LOST, CallPhase.WAIT) : report;
    }

    private CallReport refused(Optional<Long> nanos) {
        return new CallReport(
                Optional.of(Reason.OVERLOADED),
                CallPhase.DONE,
                Optional.of(429),
                Optional.empty(),
                Optional.empty(),
                nanos.map(world.instant()::plusNanos));
    }

    private int placesNow() {
        return mood == Mood.HALVED ? Math.max(1, places / 2) : places;
    }

    private void beginNext() {
        while (active < placesNow() && !queue.isEmpty()) {
            Job job = queue.remove();
            active++;
            if (mood == Mood.HANGING) {
                hanging.add(job);
            } else {
                world.after(world.between(shortest, longest), () -> done(job));
            }
        }
    }

    private void done(Job job) {
        active--;
        job.report = report();
        world.wake(job.caller);
        beginNext();
    }

    private CallReport report() {
        double drawn = world.random().nextDouble();
        double failing = mood == Mood.FAILING ? 0.8 : 0.02;
        if (drawn < failing) {
            return CallReport.refused(Reason.PROVIDER_ERROR, 500);
        }
        if (drawn > 0.99) {
            return CallReport.refused(Reason.NO_PET, 200);
        }
        return CallReport.succeeded(200, Optional.empty());
    }
}
