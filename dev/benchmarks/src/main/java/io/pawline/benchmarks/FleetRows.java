package io.pawline.benchmarks;

import io.pawline.benchmarks.BenchmarkRow.Findings;
import io.pawline.benchmarks.BenchmarkRow.Setting;
import io.pawline.simulation.FleetScenario;
import io.pawline.simulation.FleetWorld.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Runs worlds of a fleet, and compares what is seen in them with what is to be reached. */
final class FleetRows {

    private static final int WORLDS = 5;

    private FleetRows() {}

    /** Returns a row for each scenario, and those of real processes. */
    static List<BenchmarkRow> all() {
        List<BenchmarkRow> rows = new ArrayList<>();
        for (FleetScenario scenario : FleetScenario.values()) {
            rows.add(new BenchmarkRow(scenario.code(), scenario.target(), setting -> row(setting, scenario)));
        }
        rows.add(new BenchmarkRow("light_tenant", FairnessRow.TARGET, setting -> FairnessRow.measure(setting, 1, 1)));
        rows.add(new BenchmarkRow(
                "light_tenant_20_keys", FairnessRow.TARGET, setting -> FairnessRow.measure(setting, 1, 20)));
        rows.add(new BenchmarkRow(
                "light_tenant_6_processes", FairnessRow.TARGET, setting -> FairnessRow.measure(setting, 6, 1)));
        rows.add(new BenchmarkRow(
                "processes",
                "30 places: at most 36 calls at once after the start, >= 95 % of them taken, nothing lost or doubled",
                FleetProcessesRow::learned));
        rows.add(new BenchmarkRow(
                "processes_known",
                "30 places, configured: never more calls at once, >= 90 % of them taken, nothing lost or doubled",
                FleetProcessesRow::known));
        rows.add(new BenchmarkRow(
                "budget_kills", "no call beyond the money of the day, through 20 kills", BudgetKillsRow::measure));
        return List.copyOf(rows);
    }

    private static Findings row(Setting setting, FleetScenario scenario) {
        List<Figures> seen = new ArrayList<>();
        for (int seed = 1; seed <= setting.scale().of(WORLDS, 1); seed++) {
            seen.add(scenario.run(seed));
        }
        Figures mean = new Figures(
                mean(seen, Figures::startMost),
                mean(seen, Figures::most),
                mean(seen, Figures::mean),
                mean(seen, Figures::occupied),
                mean(seen, Figures::timedOut),
                mean(seen, Figures::refused),
                mean(seen, Figures::callsPerSuccess),
                seen.stream().mapToInt(Figures::mostInAMinute).max().orElseThrow(),
                mean(seen, Figures::perMinute),
                seen.stream().mapToLong(Figures::mostTokens).max().orElseThrow(),
                mean(seen, Figures::tokensPerMinute),
                mean(seen, Figures::foundAfterS));
        String summary = ("filled %.2f times (most %.1f, at the start %.1f), %.1f %% of the places taken, %.2f %% timed"
                        + " out, %.2f %% refused, %.2f calls for each success, %.0f calls a minute (most %d), %.0f"
                        + " tokens (most %d), found after %.1f s")
                .formatted(
                        mean.mean(),
                        mean.most(),
                        mean.startMost(),
                        100 * mean.occupied(),
                        100 * mean.timedOut(),
                        100 * mean.refused(),
                        mean.callsPerSuccess(),
                        mean.perMinute(),
                        mean.mostInAMinute(),
                        mean.tokensPerMinute(),
                        mean.mostTokens(),
                        mean.foundAfterS());
        return new Findings(summary, mean, scenario.reached(mean), List.of());
    }

    private static double mean(List<Figures> seen, ToDoubleFunction<Figures> figure) {
        return seen.stream().mapToDouble(figure).average().orElseThrow();
    }
}
