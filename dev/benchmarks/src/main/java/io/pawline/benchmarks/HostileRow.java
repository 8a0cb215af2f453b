package io.pawline.benchmarks;

import io.pawline.schemas.Stage;
import io.pawline.testkit.HostileScenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Counts what hostile records do to each stage beyond ending their own tasks. */
final class HostileRow {

    private HostileRow() {}

    /** Holds what the records did to one stage. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record StageFigures(
            String stage,
            int records,
            int deadLetters,
            int sessionsEnded,
            int repeatedCalls,
            int goodNotCalled,
            long notCommitted,
            int keysNotEnded,
            int deadLettersChanged,
            double seconds) {}

    /** @param seed of the records */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(List<StageFigures> stages, long seed) {

        long sum(ToLongFunction<StageFigures> figure) {
            return stages.stream().mapToLong(figure).sum();
        }
    }

    static BenchmarkRow.Findings hostile(BenchmarkRow.Setting setting) throws Exception {
        long seed = System.nanoTime();
        List<StageFigures> stages = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            stages.add(stage(setting, stage, seed));
        }
        Figures figures = new Figures(List.copyOf(stages), seed);
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, figures.sum(StageFigures::sessionsEnded), "sessions ended");
        BenchmarkRow.complain(wrong, figures.sum(StageFigures::repeatedCalls), "calls of settled tasks repeated");
        BenchmarkRow.complain(wrong, figures.sum(StageFigures::goodNotCalled), "good tasks not called");
        BenchmarkRow.complain(wrong, figures.sum(StageFigures::notCommitted), "records not committed");
        BenchmarkRow.complain(wrong, figures.sum(StageFigures::keysNotEnded), "task keys not ended");
        BenchmarkRow.complain(wrong, figures.sum(StageFigures::deadLettersChanged), "dead letters not byte for byte");
        String summary = String.format(
                Locale.ROOT,
                "%,d hostile records through %d stages, %,d dead letters: %d sessions ended, %d calls repeated, %d task"
                        + " keys not ended",
                figures.sum(StageFigures::records),
                stages.size(),
                figures.sum(StageFigures::deadLetters),
                figures.sum(StageFigures::sessionsEnded),
                figures.sum(StageFigures::repeatedCalls),
                figures.sum(StageFigures::keysNotEnded));
        return new BenchmarkRow.Findings(summary, figures, wrong.isEmpty(), wrong);
    }

    private static StageFigures stage(BenchmarkRow.Setting setting, Stage stage, long seed) throws Exception {
        long began = System.nanoTime();
        HostileScenario.Result result = HostileScenario.run(
                stage,
                setting.scale().of(100_000, 200),
                setting.scale().of(1_000, 10),
                seed,
                line -> setting.journal().step("  " + line));
        return new StageFigures(
                stage.code(),
                result.records(),
                result.deadLetters(),
                result.sessionsEnded(),
                result.repeated(),
                result.goodNotCalled(),
                result.open(),
                result.notEnded(),
                result.changed(),
                Math.round((System.nanoTime() - began) / 1e8) / 10.0);
    }
}
