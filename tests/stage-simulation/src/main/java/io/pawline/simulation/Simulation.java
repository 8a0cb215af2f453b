package io.pawline.simulation;

import io.pawline.schemas.Stage;
import io.pawline.simulation.FaultSwarm.Fault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the world of a seed from its beginning to its end: tasks come, faults come and cease, and then every task must
 * get its outcome, and every process must stop and leave nothing behind.
 */
public final class Simulation {

    private static final Duration TASKS_COME = Duration.ofMinutes(3);
    private static final Duration FAULTS_CEASE = Duration.ofMinutes(4);
    private static final Duration SHORTEST = Duration.ofMinutes(5);

    /** All must be done this long after the last fault. */
    private static final Duration DONE_WITHIN = Duration.ofMinutes(5);

    /** Nothing of a process is left so long after it was asked to stop: a call takes 30 seconds. */
    private static final Duration GONE_WITHIN = Duration.ofMinutes(2);

    private static final int KEPT = 60;

    /**
     * Says what came of a world.
     *
     * @param failure what did not hold; null if all held
     * @param hash the same for the same seed
     * @param virtual time that passed in the world
     * @param faults that happened in it
     * @param story its last events
     */
    public record Result(
            long seed,
            @Nullable Throwable failure,
            long hash,
            Duration virtual,
            int tasks,
            int calls,
            int repeats,
            int hedges,
            long switches,
            List<Fault> faults,
            List<String> story) {

        public boolean failed() {
            return failure != null;
        }
    }

    private Simulation() {}

    /** Runs the world of this seed. */
    public static Result run(long seed) {
        return run(seed, null, null);
    }

    /**
     * Runs the world of this seed.
     *
     * @param numbers of the faults that happen in it; null: all
     * @param story takes each event as a line; null: nobody reads it
     */
    public static Result run(long seed, @Nullable List<Integer> numbers, @Nullable Consumer<String> story) {
        List<Fault> faults = FaultSwarm.of(seed, FAULTS_CEASE).stream()
                .filter(fault -> numbers == null || numbers.contains(fault.number()))
                .toList();
        return runWith(seed, faults, story);
    }

    /** Runs the world of this seed with none of its faults. */
    public static Result runWithoutFaults(long seed) {
        return runWith(seed, List.of(), null);
    }

    /** Runs so many worlds, on all processors, and returns what came of each in the order of their seeds. */
    public static List<Result> runAll(long from, int seeds) throws InterruptedException, ExecutionException {
        List<Result> results = new ArrayList<>();
        try (ExecutorService pool =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<Result>> running = LongStream.range(from, from + seeds)
                    .mapToObj(seed -> pool.submit(() -> run(seed)))
                    .toList();
            for (Future<Result> world : running) {
                results.add(world.get());
            }
        }
        return results;
    }

    /** Runs a world that failed again and again, each time without one of its faults, and keeps those that it needs. */
    public static Result shortened(Result failed) {
        Result shortest = failed;
        Set<Integer> tried = new HashSet<>();
        while (true) {
            List<Fault> faults = shortest.faults();
            Fault next = faults.stream()
                    .filter(fault -> tried.add(fault.number()))
                    .findFirst()
                    .orElse(null);
            if (next == null) {
                return shortest;
            }
            List<Fault> fewer = new ArrayList<>(faults);
            fewer.remove(next);
            Result again = runWith(failed.seed(), fewer, null);
            if (again.failed()) {
                shortest = again;
            }
        }
    }

    private static Result runWith(long seed, List<Fault> faults, @Nullable Consumer<String> story) {
        Deque<String> latest = new ArrayDeque<>();
        World world = new World(seed, line -> {
            if (story != null) {
                story.accept(line);
            }
            if (latest.size() == KEPT) {
                latest.removeFirst();
            }
            latest.addLast(line);
        });
        TaskBook[] book = new TaskBook[1];
        world.run(() -> {
            Pipeline pipeline = new Pipeline(world);
            book[0] = pipeline.book();
            script(world, pipeline, faults);
        });
        return new Result(
                seed,
                world.failure(),
                world.hash(),
                world.passed(),
                book[0] == null ? 0 : book[0].tasks(),
                book[0] == null ? 0 : book[0].calls(),
                book[0] == null ? 0 : book[0].repeats(),
                book[0] == null ? 0 : book[0].hedges(),
                world.switches(),
                faults,
                List.copyOf(latest));
    }

    private static void script(World world, Pipeline pipeline, List<Fault> faults) {
        pipeline.slots().forEach(ProcessSlot::start);
        long end = world.nanoTime() + TASKS_COME.toNanos();
        faults.forEach(fault -> FaultSwarm.plan(fault, world, pipeline));
        submitUntil(end, world, pipeline);
        rest(world, FAULTS_CEASE.minus(world.passed()));
        repair(world, pipeline);
        Duration latest = FAULTS_CEASE.plus(DONE_WITHIN);
        while (pipeline.book().open() > 0 && world.passed().compareTo(latest) < 0) {
            rest(world, Duration.ofSeconds(1));
        }
        List<String> open = pipeline.book().openTasks();
        world.check(
                open.isEmpty(),
                "%d tasks have no outcome, the first is %s"
                        .formatted(open.size(), open.isEmpty() ? "" : open.getFirst()));
        rest(world, SHORTEST.minus(world.passed()));
        leave(world, pipeline);
    }

    private static void submitUntil(long end, World world, Pipeline pipeline) {
        long mean = world.between(Duration.ofMillis(300), Duration.ofSeconds(2));
        while (world.nanoTime() < end) {
            rest(world, Duration.ofNanos((long) (-Math.log(1 - world.random().nextDouble()) * mean)));
            Duration deadline = world.chance(0.1)
                    ? Duration.ofNanos(world.between(Duration.ofSeconds(5), Duration.ofSeconds(60)))
                    : Duration.ofMinutes(20);
            // Sometimes many come at once, so that work waits in the processes
            int tasks = world.chance(0.012) ? 20 + world.random().nextInt(100) : 1;
            for (int i = 0; i < tasks; i++) {
                pipeline.submit(deadline, "plain");
            }
        }
    }

    private static void repair(World world, Pipeline pipeline) {
        world.note("faults cease");
        pipeline.broker().away(false);
        pipeline.broker().coordinatorAway(false);
        pipeline.events().forgets(false);
        for (Stage stage : Pipeline.STAGES) {
            pipeline.broker().hide(Pipeline.next(stage).workTopic(), false);
            pipeline.provider(stage).mood(ModelProvider.Mood.HEALTHY);
            pipeline.controls().resume(stage);
            pipeline.controls().limit(stage, 0);
        }
        for (ProcessSlot slot : pipeline.slots()) {
            SimulatedProcess process = slot.process();
            if (process != null) {
                process.cutOff(false);
                process.goOn();
            }
        }
    }

    /** Lets all processes stop, and looks at what is left. */
    private static void leave(World world, Pipeline pipeline) {
        for (Stage stage : Pipeline.STAGES) {
            world.check(
                    pipeline.allCompleted(stage),
                    "not all records of %s are completed, though all tasks have their outcome".formatted(stage.code()));
        }
        pipeline.slots().forEach(ProcessSlot::retire);
        long until = world.nanoTime() + GONE_WITHIN.toNanos();
        while (world.nanoTime() < until && !pipeline.slots().stream().allMatch(ProcessSlot::isEmpty)) {
            rest(world, Duration.ofSeconds(1));
        }
        for (ProcessSlot slot : pipeline.slots()) {
            world.check(slot.isEmpty(), slot.instance() + " does not stop");
        }
        for (Stage stage : Pipeline.STAGES) {
            world.check(pipeline.provider(stage).active() == 0, "the provider of %s works on".formatted(stage.code()));
        }
    }

    private static void rest(World world, Duration time) {
        long until = world.nanoTime() + Math.max(0, time.toNanos());
        while (world.nanoTime() < until) {
            var _ = world.await(until);
        }
    }
}
