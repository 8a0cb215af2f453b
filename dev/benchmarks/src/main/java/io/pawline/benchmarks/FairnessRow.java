package io.pawline.benchmarks;

import io.pawline.benchmarks.BenchmarkRow.Findings;
import io.pawline.benchmarks.BenchmarkRow.Setting;
import io.pawline.simulation.TenantTasks;
import io.pawline.simulation.TenantTasks.Arrival;
import io.pawline.simulation.TenantTasks.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Compares the time of a light tenant's tasks beside the many of another one with their time alone. */
final class FairnessRow {

    static final String TARGET = "p95 <= 2 times that of the light tenant alone, all of it takes <= 1 % longer";
    private static final String LIGHT = "light";
    private static final String HEAVY = "heavy";
    private static final int LIGHT_TASKS = 300;
    private static final double LIGHT_EVERY_S = 1;

    private FairnessRow() {}

    /**
     * Says what keeps tenants from each other.
     *
     * @param release whether the door releases in fair order; otherwise all that is accepted is in the topic at once
     * @param queue whether the stage's processes can tell tenants apart; otherwise tasks have their turn as they came
     */
    record Mechanisms(boolean release, boolean queue) {
        static final Mechanisms ALL = new Mechanisms(true, true);
        static final Mechanisms NONE = new Mechanisms(false, false);
    }

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
            int processes,
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

    static Findings measure(Setting setting, int processes, int keys) {
        int heavy = setting.scale().of(100_000, 20_000);
        Times alone = run(processes, 0, keys, Mechanisms.ALL);
        Times fair = run(processes, heavy, keys, Mechanisms.ALL);
        Times unfair = run(processes, heavy, keys, Mechanisms.NONE);
        Figures figures = new Figures(
                processes,
                heavy,
                keys,
                LIGHT_TASKS,
                p95(alone),
                p95(fair),
                p95(unfair),
                fair.all().toMillis() / 1e3,
                unfair.all().toMillis() / 1e3);
        String summary = String.format(
                Locale.ROOT,
                "%d processes, %,d tasks of another tenant with %d keys: p95 of the light one %.2f s (alone %.2f s, without fairness"
                        + " %.0f s), all done after %.0f s (without fairness %.0f s)",
                figures.processes(),
                figures.heavy(),
                figures.keys(),
                figures.p95S(),
                figures.aloneP95S(),
                figures.unfairP95S(),
                figures.totalS(),
                figures.unfairTotalS());
        return new Findings(summary, figures, figures.reached(), List.of());
    }

    /** Returns how long the tasks of both tenants take, of which the heavy one submits all at once. */
    static Times run(int processes, int heavy, int keys, Mechanisms mechanisms) {
        return TenantTasks.run(
                1,
                processes,
                arrivals(heavy, keys),
                mechanisms.queue(),
                (clock, stage) -> new FrontDoor(clock, stage, mechanisms.release()));
    }

    static double p95(Times times) {
        return times.p95(LIGHT).toMillis() / 1e3;
    }

    private static List<Arrival> arrivals(int heavy, int keys) {
        // Behind the door, a key is its tenant
        Map<Integer, String> tenants = new HashMap<>();
        for (int key = 0; key < keys; key++) {
            tenants.put(key, HEAVY);
        }
        List<Arrival> arrivals = new ArrayList<>();
        for (int i = 0; i < heavy; i++) {
            arrivals.add(new Arrival(Duration.ZERO, Objects.requireNonNull(tenants.get(i % keys))));
        }
        Random random = new Random(7);
        double at = 0;
        for (int i = 0; i < LIGHT_TASKS; i++) {
            at += -LIGHT_EVERY_S * Math.log(1 - random.nextDouble());
            arrivals.add(new Arrival(Duration.ofNanos(Math.round(at * 1e9)), LIGHT));
        }
        return arrivals;
    }
}
