package io.pawline.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Says in words what came of worlds. */
public final class WorldReport {

    private static final double NANOS = 1e9;

    private WorldReport() {}

    /** Tells of one world. */
    public static String of(Simulation.Result result) {
        if (!result.failed()) {
            return "seed %d: all holds after %d s: %d tasks, %d calls, %d repeated, %d hedged, %d faults, hash %016x"
                    .formatted(
                            result.seed(),
                            result.virtual().toSeconds(),
                            result.tasks(),
                            result.calls(),
                            result.repeats(),
                            result.hedges(),
                            result.faults().size(),
                            result.hash());
        }
        return """
                seed %d fails after %.3f s: %s
                  faults: %s
                  its last events:
                %s
                  again: ./pawline simulate --seed %d%s --trace
                %s""".formatted(
                        result.seed(),
                        result.virtual().toNanos() / NANOS,
                        result.failure() == null ? "" : result.failure().getMessage(),
                        result.faults(),
                        result.story().stream().map(line -> "    " + line).collect(Collectors.joining("\n")),
                        result.seed(),
                        result.faults().isEmpty()
                                ? " --faults -1"
                                : result.faults().stream()
                                        .map(fault -> Integer.toString(fault.number()))
                                        .collect(Collectors.joining(",", " --faults ", "")),
                        trace(result));
    }

    /** Tells of a world that failed, with the faults that it needs for that alone. */
    public static String ofShortened(Simulation.Result failed) {
        Simulation.Result shortest = Simulation.shortened(failed);
        return shortest.faults().size() == failed.faults().size()
                ? of(failed)
                : "seed %d needs %d of its %d faults to fail:%n%s"
                        .formatted(
                                failed.seed(),
                                shortest.faults().size(),
                                failed.faults().size(),
                                of(shortest));
    }

    private static String trace(Simulation.Result result) {
        StringWriter out = new StringWriter();
        if (result.failure() != null) {
            result.failure().printStackTrace(new PrintWriter(out));
        }
        return out.toString();
    }

    /** Makes a table in Markdown. */
    static String table(List<MechanismTable.Row> rows) {
        return rows.stream()
                .map(row -> "| %s | %s | %s |%n"
                        .formatted(
                                row.mechanism().guarantee(),
                                row.failure().isPresent() ? row.seeds() : "not within " + row.seeds(),
                                row.failure().orElse("")))
                .collect(Collectors.joining(
                        "", "| Switched off | Worlds until it shows | What fails |%n|---|---|---|%n".formatted(), ""));
    }

    /** Sums up many worlds. */
    public static String summary(List<Simulation.Result> results, long nanos) {
        Duration virtual = results.stream().map(Simulation.Result::virtual).reduce(Duration.ZERO, Duration::plus);
        return "%d worlds in %.1f s: %d of them failed; %.1f hours of their time (%.0f times real), %d tasks, %d calls, %d repeated%s"
                .formatted(
                        results.size(),
                        nanos / NANOS,
                        results.stream().filter(Simulation.Result::failed).count(),
                        virtual.toSeconds() / 3_600.0,
                        virtual.toNanos() / (double) nanos,
                        results.stream().mapToLong(Simulation.Result::tasks).sum(),
                        results.stream().mapToLong(Simulation.Result::calls).sum(),
                        results.stream().mapToLong(Simulation.Result::repeats).sum(),
                        failedSeeds(results));
    }

    /** Tells how afternoons went: what did not hold, and how the shares of tasks that succeeded are distributed. */
    static String ofAfternoons(List<Afternoon.Result> afternoons) {
        String broken = afternoons.stream()
                .filter(afternoon -> afternoon.failure() != null)
                .map(afternoon -> "seed %d: %s%n".formatted(afternoon.seed(), afternoon.failure()))
                .collect(Collectors.joining());
        double[] shares = afternoons.stream()
                .mapToDouble(Afternoon.Result::successPct)
                .sorted()
                .toArray();
        double possible = afternoons.stream()
                .mapToDouble(afternoon -> 100.0 * (afternoon.tasks() - afternoon.impossible()) / afternoon.tasks())
                .average()
                .orElse(0);
        double calls = afternoons.stream()
                .mapToDouble(afternoon -> (double) afternoon.calls() / afternoon.tasks())
                .average()
                .orElse(0);
        return broken
                + """
                %d afternoons of %d tasks, of which %.2f %% were possible
                tasks that succeeded: least %.2f %%, a tenth below %.2f %%, half below %.2f %%, most %.2f %%
                calls for a task: %.3f""".formatted(
                                shares.length,
                                afternoons.getFirst().tasks(),
                                possible,
                                shares[0],
                                shares[shares.length / 10],
                                shares[shares.length / 2],
                                shares[shares.length - 1],
                                calls);
    }

    private static String failedSeeds(List<Simulation.Result> results) {
        String seeds = results.stream()
                .filter(Simulation.Result::failed)
                .map(result -> Long.toString(result.seed()))
                .collect(Collectors.joining(" "));
        return seeds.isEmpty() ? "" : "; failed seeds: " + seeds;
    }
}
