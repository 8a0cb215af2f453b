package io.pawline.benchmarks;

import io.pawline.benchmarks.BenchmarkRow.Findings;
import io.pawline.benchmarks.BenchmarkRow.Setting;
import io.pawline.benchmarks.FairnessWorld.Mechanisms;
import io.pawline.benchmarks.FairnessWorld.Submissions;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Compares the time of a light tenant's tasks beside the many of another one with their time alone. */
final class FairnessRow {

    static final String TARGET = "p95 <= 2 times that of the light tenant alone, all of it takes <= 1 % longer";
    private static final int LIGHT = 500;

    private FairnessRow() {}

    /**
     * Says how long it took.
     *
     * @param aloneP95S 95th percentile of the light tenant's time while nobody else has tasks, in seconds
     * @param p95S the same beside the heavy tenant
     * @param unfairP95S the same where all tasks have their turn as they came
     * @param totalS time until all was done, in seconds
     * @param unfairTotalS the same where all tasks have their turn as they came
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int heavy,
            int keys,
            int light,
            double aloneP95S,
            double p95S,
            double unfairP95S,
            double totalS,
            double unfairTotalS) {

        boolean reached() {
            return p95S <= 2 * aloneP95S && totalS <= 1.01 * unfairTotalS;
        }
    }

    static Findings measure(Setting setting, int keys) throws InterruptedException {
        Figures figures = figures(setting.scale().of(100_000, 20_000), keys, Mechanisms.ALL);
        String summary = String.format(
                Locale.ROOT,
                "%,d tasks of another tenant with %d keys: p95 of the light one %.2f s (alone %.2f s, without fairness"
                        + " %.0f s), all done after %.0f s (without fairness %.0f s)",
                figures.heavy(),
                figures.keys(),
                figures.p95S(),
                figures.aloneP95S(),
                figures.unfairP95S(),
                figures.totalS(),
                figures.unfairTotalS());
        return new Findings(summary, figures, figures.reached(), List.of());
    }

    /** Returns the figures of a world with these mechanisms. */
    static Figures figures(int heavy, int keys, Mechanisms mechanisms) throws InterruptedException {
        FairnessWorld.Figures alone = FairnessWorld.run(1, Mechanisms.ALL, new Submissions(0, 1, LIGHT));
        Submissions both = new Submissions(heavy, keys, LIGHT);
        FairnessWorld.Figures fair = FairnessWorld.run(1, mechanisms, both);
        FairnessWorld.Figures unfair = FairnessWorld.run(1, Mechanisms.NONE, both);
        return new Figures(
                heavy,
                keys,
                LIGHT,
                alone.lightP95S(),
                fair.lightP95S(),
                unfair.lightP95S(),
                fair.totalS(),
                unfair.totalS());
    }
}
