package io.pawline.simulation;

import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Is a front end that loses its patience. What is not answered with a success after a while, it requests again, as a new
 * task, and so on until the last attempt. It cancels nothing. Its provider breaks down for a minute, in which it requests
 * more than the provider could do if it were well.
 */
final class ImpatientFrontEnd {

    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int TASKS_OF_A_REQUEST = 3;

    /** Until the limit is found. */
    private static final Duration WARM_UP = Duration.ofMinutes(2);

    private static final Duration BEFORE = Duration.ofSeconds(30);
    private static final Duration OUTAGE = Duration.ofMinutes(1);
    private static final Duration AFTER = OUTAGE.multipliedBy(2);
    private static final Duration THEN = Duration.ofSeconds(20);
    private static final Duration TICK = Duration.ofMillis(50);
    private static final double LOAD_IN_OUTAGE = 1.5;

    /** Submits a task with so long until its deadline. */
    interface Submission {
        TaskId submit(Duration untilDeadline);
    }

    /**
     * Says what became of the requests. Goodput is the share of the requests made in some time that were answered before
     * they would have been made again.
     *
     * @param before goodput before the outage
     * @param outage goodput in the outage
     * @param after goodput once the outage has been over for twice as long as it lasted
     */
    record Figures(double before, double outage, double after, double tasksPerSuccess) {}

    private static final class Request {
        private final long made;
        private int tasks;
        private long answered = Long.MAX_VALUE;

        private Request(long made) {
            this.made = made;
        }
    }

    private final int places;
    private final double placesPerSecond;
    private final double load;
    private final List<Request> requests = new ArrayList<>();
    private final Map<TaskId, Request> open = new HashMap<>();
    private final Queue<Request> toBeMadeAgain = new ArrayDeque<>();
    private @Nullable World world;
    private @Nullable Submission submission;
    private @Nullable Figures figures;
    private double due;
    private int tasks;
    private int succeeded;

    /**
     * @param places of the provider
     * @param capacity calls a second that the provider can do
     * @param load requests before and after the outage, as a share of that
     */
    ImpatientFrontEnd(int places, double capacity, double load) {
        this.places = places;
        this.placesPerSecond = capacity;
        this.load = load;
    }

    /** Returns what became of its requests. */
    Figures figures() {
        return Objects.requireNonNull(figures, "it has not lived");
    }

    /** Takes note of a task that succeeded. */
    void answered(TaskId task) {
        Request request = open.remove(task);
        if (request != null) {
            succeeded++;
            request.answered =
                    Math.min(request.answered, Objects.requireNonNull(world).nanoTime());
        }
    }

    /** Lives in this world, before this provider, until it knows what became of its requests. */
    void live(World lived, FleetProvider provider, Submission submissions) {
        world = lived;
        submission = submissions;
        request(load, WARM_UP);
        long start = lived.nanoTime();
        request(load, BEFORE);
        long outage = lived.nanoTime();
        provider.capacity(0);
        request(LOAD_IN_OUTAGE, OUTAGE);
        long end = lived.nanoTime();
        provider.capacity(places);
        request(load, AFTER);
        long later = lived.nanoTime();
        request(load, THEN);
        long last = lived.nanoTime();
        request(load, PATIENCE);
        figures = new Figures(
                goodput(start, outage),
                goodput(outage, end),
                goodput(later, last),
                (double) tasks / Math.max(1, succeeded));
    }

    private double goodput(long from, long to) {
        List<Request> made = requests.stream()
                .filter(request -> request.made >= from && request.made < to)
                .toList();
        long inTime = made.stream()
                .filter(request -> request.answered - PATIENCE.toNanos() < request.made)
                .count();
        return (double) inTime / Math.max(1, made.size());
    }

    private void request(double share, Duration time) {
        World at = Objects.requireNonNull(world);
        long until = at.nanoTime() + time.toNanos();
        while (at.nanoTime() < until) {
            long next = at.nanoTime() + TICK.toNanos();
            while (at.nanoTime() < next) {
                var _ = at.await(next);
            }
            due += share * placesPerSecond * TICK.toNanos() / 1e9;
            for (; due >= 1; due--) {
                Request request = new Request(at.nanoTime());
                requests.add(request);
                submit(request);
            }
            while (!toBeMadeAgain.isEmpty() && isOverdue(toBeMadeAgain.element(), at.nanoTime())) {
                Request request = toBeMadeAgain.remove();
                if (request.answered == Long.MAX_VALUE && request.tasks < TASKS_OF_A_REQUEST) {
                    submit(request);
                }
            }
        }
    }

    private static boolean isOverdue(Request request, long now) {
        return now - request.made >= request.tasks * PATIENCE.toNanos();
    }

    private void submit(Request request) {
        TaskId id = Objects.requireNonNull(submission).submit(DEADLINE);
        tasks++;
        request.tasks++;
        open.put(id, request);
        toBeMadeAgain.add(request);
    }
}
