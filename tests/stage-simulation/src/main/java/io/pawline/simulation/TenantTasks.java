package io.pawline.simulation;

import io.pawline.schemas.TaskId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Has tenants submit tasks at a front door, which passes them on to the processes of one stage in its own order. It says
 * how long the tasks took. It is played in a {@link FleetWorld}, in virtual time. Not thread-safe.
 */
public final class TenantTasks {

    private static final int PLACES = 30;
    private static final Duration CALL = Duration.ofSeconds(1);

    /** Is a task that a tenant submits so long after the beginning. */
    public record Arrival(Duration after, String tenant) {}

    /**
     * Is the front door: it decides when a task comes to the stage.
     *
     * <p>It is made with a clock, and with what takes the tasks that it lets in, each with its tenant.
     */
    public interface Door {

        /** Takes a task that was just submitted. */
        void accept(TaskId task, String tenant);

        /**
         * Lets in what may come in now.
         *
         * @return the time until it wants to be asked again, if nothing is submitted before
         */
        Duration release();

        /** Takes note that the task is done. */
        void ended(TaskId task);
    }

    /**
     * Says how long it took.
     *
     * @param ofTenant from the submission to the answer of the task's call, for each task of a tenant
     * @param all until all tasks were done
     */
    public record Times(Map<String, List<Duration>> ofTenant, Duration all) {

        /** Returns the 95th percentile of a tenant's tasks. */
        public Duration p95(String tenant) {
            List<Duration> sorted =
                    ofTenant.getOrDefault(tenant, List.of()).stream().sorted().toList();
            return sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
        }
    }

    private record Open(String tenant, Instant since) {}

    private final List<Arrival> arrivals;
    private final boolean named;
    private final BiFunction<Clock, BiConsumer<TaskId, String>, Door> doors;
    private final Map<TaskId, Open> open = new HashMap<>();
    private final Map<String, List<Duration>> times = new HashMap<>();
    private int next;

    private TenantTasks(
            List<Arrival> arrivals, boolean named, BiFunction<Clock, BiConsumer<TaskId, String>, Door> doors) {
        this.arrivals =
                arrivals.stream().sorted(Comparator.comparing(Arrival::after)).toList();
        this.named = named;
        this.doors = doors;
    }

    /**
     * Returns how long the tasks take in the world of this seed.
     *
     * @param processes of the stage
     * @param named whether records say whose they are; otherwise the stage's processes cannot tell tenants apart
     * @param doors makes the front door
     */
    public static Times run(
            long seed,
            int processes,
            List<Arrival> arrivals,
            boolean named,
            BiFunction<Clock, BiConsumer<TaskId, String>, Door> doors) {
        TenantTasks tasks = new TenantTasks(arrivals, named, doors);
        Duration all = FleetWorld.serve(
                seed,
                processes,
                new FleetWorld.Settings(0, 0, PLACES),
                world -> new FleetProvider(world, PLACES, CALL, 0, Duration.ZERO),
                tasks);
        return new Times(tasks.times, all);
    }

    /** Says whether the processes can tell tenants apart. */
    boolean named() {
        return named;
    }

    Door door(Clock clock, BiConsumer<TaskId, String> stage) {
        return doors.apply(clock, stage);
    }

    /** Submits what is due so long after the beginning, and says whether there was anything. */
    boolean submit(Duration passed, Door door, Supplier<TaskId> ids, Instant now) {
        int before = next;
        while (next < arrivals.size() && arrivals.get(next).after().compareTo(passed) <= 0) {
            String tenant = arrivals.get(next++).tenant();
            TaskId task = ids.get();
            open.put(task, new Open(tenant, now));
            door.accept(task, tenant);
        }
        return next > before;
    }

    /** Returns the time until the next task is submitted, or a long one. */
    Duration untilNext(Duration passed) {
        return next < arrivals.size() ? arrivals.get(next).after().minus(passed) : Duration.ofDays(1);
    }

    /** Takes note that the task's call was answered; a repeated one changes nothing. */
    void answered(TaskId task, Door door, Instant now) {
        Open known = open.remove(task);
        if (known != null) {
            times.computeIfAbsent(known.tenant(), _ -> new ArrayList<>()).add(Duration.between(known.since(), now));
            door.ended(task);
        }
    }

    boolean over() {
        return next == arrivals.size() && open.isEmpty();
    }
}
