package io.pawline.benchmarks;

import io.pawline.testkit.HeldRetriesScenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures what very many retries that wait for their time take of the heap, and whether each is tried when due. */
final class HeldRetriesRow {

    private static final int HEAP_MEGABYTES = 384;
    private static final long MOST_MEGABYTES = 300;

    private HeldRetriesRow() {}

    static BenchmarkRow.Findings held(BenchmarkRow.Setting setting) throws Exception {
        HeldRetriesScenario.Result result = HeldRetriesScenario.inFolder(
                setting.folder(),
                setting.scale().of(24, 2),
                setting.scale().of(240_000, 1_000),
                HEAP_MEGABYTES,
                setting.scale().of(Duration.ofMinutes(3), Duration.ofSeconds(25)),
                setting.scale().of(Duration.ofMinutes(4), Duration.ofSeconds(5)),
                line -> setting.journal().step("  " + line));
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, result.retries() - result.tried(), "retries not tried");
        BenchmarkRow.complain(wrong, result.early(), "retries tried before they were due");
        BenchmarkRow.complain(wrong, result.repeated(), "retries tried twice");
        String summary = String.format(
                Locale.ROOT,
                "%,d retries held in %d partitions: %d MB used of a heap of %d MB; tried after they were due: p50 %,d ms,"
                        + " p99 %,d ms, at most %,d ms",
                result.retries(),
                result.partitions(),
                result.usedMegabytes(),
                result.heapMegabytes(),
                result.lateP50Millis(),
                result.lateP99Millis(),
                result.lateMaxMillis());
        return new BenchmarkRow.Findings(summary, result, result.usedMegabytes() <= MOST_MEGABYTES, wrong);
    }
}
