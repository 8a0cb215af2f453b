package io.pawline.benchmarks;

import io.pawline.testkit.InFlightScenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures how many calls one process has in flight from one partition. */
final class InFlightRow {

    private static final int HEAP_MEGABYTES = 512;

    private InFlightRow() {}

    static BenchmarkRow.Findings inFlight(BenchmarkRow.Setting setting) throws Exception {
        int wanted = setting.scale().of(2_000, 50);
        InFlightScenario.Result result = InFlightScenario.inFolder(
                setting.folder(),
                wanted,
                2 * wanted,
                setting.scale().of(Duration.ofSeconds(1), Duration.ofMillis(20)),
                setting.scale().of(Duration.ofMinutes(1), Duration.ofMillis(500)),
                HEAP_MEGABYTES);
        String summary = String.format(
                Locale.ROOT,
                "%,d calls of 1 to 60 s in flight in a heap of %d MB, reached after %.1f s; least while others waited %,d",
                result.most(),
                result.heapMegabytes(),
                result.reachedAfter().toMillis() / 1e3,
                result.least());
        List<String> wrong = new ArrayList<>();
        if (result.lost() > 0) {
            wrong.add(result.lost() + " tasks lost");
        }
        if (result.duplicated() > 0) {
            wrong.add(result.duplicated() + " results twice");
        }
        return new BenchmarkRow.Findings(summary, result, result.most() >= wanted, wrong);
    }
}
