package io.pawline.benchmarks;

import io.pawline.testkit.CapacityDip;
import io.pawline.testkit.PlainFailures;
import io.pawline.testkit.ProviderOutage;
import io.pawline.testkit.Scale;
import java.util.List;

/**
 * Measures a stage whose provider has troubles, with the front end, the provider and Kafka in this JVM. The runtime is
 * the real one, with its default settings, in real time. Each row takes some minutes.
 */
final class ProviderRows {

    private ProviderRows() {}

    static BenchmarkRow.Findings capacityHalves(BenchmarkRow.Setting setting) throws InterruptedException {
        CapacityDip.Figures figures = CapacityDip.withPawlinesPolicies(scale(setting));
        boolean reached = figures.foundAfterS().orElse(Double.MAX_VALUE) <= 10
                && figures.use() >= 0.9
                && figures.timedOut() < 0.05;
        return new BenchmarkRow.Findings(ProviderFigures.line(figures), figures, reached, List.of());
    }

    static BenchmarkRow.Findings plainFailures(BenchmarkRow.Setting setting) throws InterruptedException {
        PlainFailures.Figures figures = PlainFailures.withPawlinesPolicies(scale(setting));
        boolean reached = figures.leastLimit() >= figures.leastLimitBefore() && figures.amplification() <= 1.6;
        return new BenchmarkRow.Findings(ProviderFigures.line(figures), figures, reached, List.of());
    }

    static BenchmarkRow.Findings outage(BenchmarkRow.Setting setting) throws InterruptedException {
        ProviderOutage.Figures figures = ProviderOutage.withPawlinesPolicies(scale(setting));
        return new BenchmarkRow.Findings(
                ProviderFigures.line("Pawline's policies", figures), figures, recovered(figures), List.of());
    }

    /** The control must not recover; if it did, the outage would show nothing. */
    static BenchmarkRow.Findings outageControl(BenchmarkRow.Setting setting) throws InterruptedException {
        ProviderOutage.Figures figures = ProviderOutage.withImpatientPolicies(scale(setting));
        return new BenchmarkRow.Findings(
                ProviderFigures.line("calls given up on soon and made again at once", figures),
                figures,
                !recovered(figures),
                List.of());
    }

    private static boolean recovered(ProviderOutage.Figures figures) {
        return figures.recoveredAfterS().orElse(Double.MAX_VALUE) <= 2 * figures.outageS();
    }

    private static Scale scale(BenchmarkRow.Setting setting) {
        return setting.scale().of(Scale.FULL, Scale.SMALL);
    }
}
