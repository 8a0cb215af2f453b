package io.pawline.benchmarks;

import io.pawline.benchmarks.BenchmarkRow.Findings;
import io.pawline.benchmarks.BenchmarkRow.Setting;
import io.pawline.simulation.FleetWorld;
import io.pawline.simulation.FleetWorld.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Runs worlds of a fleet, and compares what is seen in them with what is to be reached. */
final class FleetRows {

    static final String PLACES_TARGET = "30 places: filled at most 1.2 times, >= 95 % of them taken";

    private static final int WORLDS = 5;

    private FleetRows() {}

    static Findings places(Setting setting, int processes) {
        return row(
                setting,
                seed -> FleetWorld.places(seed, processes),
                seen -> seen.mean() <= 1.2 && seen.occupied() >= 0.95);
    }

    static Findings comingAndGoing(Setting setting) {
        return row(setting, FleetWorld::comingAndGoing, seen -> seen.mean() <= 1.3);
    }

    static Findings slowCalls(Setting setting) {
        return row(setting, FleetWorld::slowCalls, seen -> seen.occupied() >= 0.95);
    }

    static Findings halved(Setting setting) {
        return row(
                setting,
                seed -> FleetWorld.halved(seed, 6),
                seen -> seen.foundAfterS() <= 10 && seen.timedOut() <= 0.02);
    }

    static Findings rate(Setting setting) {
        return row(
                setting,
                seed -> FleetWorld.rate(seed, 10),
                seen -> seen.mostInAMinute() <= 505 && seen.perMinute() >= 485);
    }

    private static Findings row(Setting setting, LongFunction<Figures> world, Predicate<Figures> reached) {
        List<Figures> seen = new ArrayList<>();
        for (int seed = 1; seed <= setting.scale().of(WORLDS, 1); seed++) {
            seen.add(world.apply(seed));
        }
        Figures mean = new Figures(
                mean(seen, Figures::startMost),
                mean(seen, Figures::most),
                mean(seen, Figures::mean),
                mean(seen, Figures::occupied),
                mean(seen, Figures::timedOut),
                seen.stream().mapToInt(Figures::mostInAMinute).max().orElseThrow(),
                mean(seen, Figures::perMinute),
                mean(seen, Figures::foundAfterS));
        String summary = ("filled %.2f times (most %.1f, at the start %.1f), %.1f %% of the places taken, %.2f %% timed"
                        + " out, %.0f calls a minute (most %d), found after %.1f s")
                .formatted(
                        mean.mean(),
                        mean.most(),
                        mean.startMost(),
                        100 * mean.occupied(),
                        100 * mean.timedOut(),
                        mean.perMinute(),
                        mean.mostInAMinute(),
                        mean.foundAfterS());
        return new Findings(summary, mean, reached.test(mean), List.of());
    }

    private static double mean(List<Figures> seen, ToDoubleFunction<Figures> figure) {
        return seen.stream().mapToDouble(figure).average().orElseThrow();
    }
}
