package io.pawline.benchmarks;

import io.pawline.testkit.KillScenario;
import io.pawline.testkit.KillScenario.Kill;
import io.pawline.testkit.StopScenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.LongStream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures what happens to the work of a stage if its process is killed, and if it is asked to stop. */
final class KillRows {

    private static final long RESUMES_WITHIN_MS = 5_000;

    /** Of all kills on average. One kill may meet a burst: all tasks of a fresh process begin at one moment. */
    private static final int UNCOMMITTED_OF_A_KILL = 4;

    private KillRows() {}

    /**
     * Holds what the kills did.
     *
     * @param repeated calls that were made again in a later life
     * @param inFlight calls started and not answered, at all kills together
     * @param answeredUncommitted calls answered whose result was not committed, at all kills together
     * @param meanAnsweredUncommitted the same of one kill on average, to tenths
     * @param mostAnsweredUncommitted the largest of these of one kill
     * @param repeatedBeyond calls repeated that were neither in flight nor answered and not committed, the excess of
     *     each kill summed up
     * @param killsRepeatingMoreThanInFlight kills after which more was repeated than had been in flight
     * @param resumeP50Ms from the start of the next process, its Java included, to its first call
     * @param resumeFromMainP50Ms the same from the first line of its main method
     * @param each the kills in their order
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record KillFigures(
            int kills,
            int tasks,
            int lost,
            int duplicated,
            int repeated,
            int inFlight,
            int answeredUncommitted,
            double meanAnsweredUncommitted,
            int mostAnsweredUncommitted,
            int repeatedBeyond,
            long killsRepeatingMoreThanInFlight,
            long killsRepeatingMoreThanInFlightOrUncommitted,
            long resumeP50Ms,
            long resumeMaxMs,
            long resumeFromMainP50Ms,
            long resumeFromMainMaxMs,
            long seed,
            List<KillSplit> each) {}

    /** Splits the calls of one kill, as {@link KillFigures} sums them up. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record KillSplit(int inFlight, int answeredUncommitted, int repeated) {}

    /** Holds what the stop did. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record StopFigures(
            double callS, int inFlight, int tasks, int lost, int duplicated, int repeated, double endedAfterS) {}

    static BenchmarkRow.Findings kills(BenchmarkRow.Setting setting) throws Exception {
        long seed = System.nanoTime();
        KillScenario.Result result = KillScenario.inFolder(
                setting.folder(), setting.scale().of(50, 2), setting.scale().of(200, 60), seed);
        List<Kill> kills = result.kills();
        long[] resumed = sorted(kills, Kill::resumeFromStart);
        long[] resumedFromMain = sorted(kills, Kill::resumeFromBegin);
        KillFigures figures = new KillFigures(
                kills.size(),
                result.tasks(),
                result.lost(),
                result.duplicated(),
                kills.stream().mapToInt(Kill::repeated).sum(),
                kills.stream().mapToInt(Kill::inFlight).sum(),
                kills.stream().mapToInt(Kill::uncommitted).sum(),
                tenths(kills.stream().mapToInt(Kill::uncommitted).average().orElse(0)),
                kills.stream().mapToInt(Kill::uncommitted).max().orElse(0),
                kills.stream()
                        .mapToInt(kill -> Math.max(0, kill.repeated() - kill.inFlight() - kill.uncommitted()))
                        .sum(),
                kills.stream().filter(kill -> kill.repeated() > kill.inFlight()).count(),
                kills.stream()
                        .filter(kill -> kill.repeated() > kill.inFlight() + kill.uncommitted())
                        .count(),
                median(resumed),
                most(resumed),
                median(resumedFromMain),
                most(resumedFromMain),
                seed,
                kills.stream()
                        .map(kill -> new KillSplit(kill.inFlight(), kill.uncommitted(), kill.repeated()))
                        .toList());
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, figures.lost(), "tasks lost");
        BenchmarkRow.complain(wrong, figures.duplicated(), "results duplicated");
        BenchmarkRow.complain(
                wrong,
                figures.killsRepeatingMoreThanInFlightOrUncommitted(),
                "kills after which more calls were repeated than were in flight or answered and not committed");
        String summary = String.format(
                Locale.ROOT,
                "%d kills, %,d tasks: %d lost, %d duplicated; %,d calls repeated of %,d in flight and %,d answered but"
                        + " not committed (%.1f of a kill, at most %d); resumes after p50 %,d ms, at most %,d ms",
                figures.kills(),
                figures.tasks(),
                figures.lost(),
                figures.duplicated(),
                figures.repeated(),
                figures.inFlight(),
                figures.answeredUncommitted(),
                figures.meanAnsweredUncommitted(),
                figures.mostAnsweredUncommitted(),
                figures.resumeP50Ms(),
                figures.resumeMaxMs());
        boolean reached = figures.meanAnsweredUncommitted() <= UNCOMMITTED_OF_A_KILL
                && figures.resumeMaxMs() <= RESUMES_WITHIN_MS;
        return new BenchmarkRow.Findings(summary, figures, reached, wrong);
    }

    static BenchmarkRow.Findings sigterm(BenchmarkRow.Setting setting) throws Exception {
        Duration call = setting.scale().of(Duration.ofSeconds(60), Duration.ofSeconds(3));
        StopScenario.Result result =
                StopScenario.inFolder(setting.folder(), setting.scale().of(50, 4), call);
        StopFigures figures = new StopFigures(
                call.toMillis() / 1e3,
                result.inFlight(),
                result.tasks(),
                result.lost(),
                result.duplicated(),
                result.repeated(),
                tenths(result.endedAfter().toMillis() / 1e3));
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, result.lost(), "tasks lost");
        BenchmarkRow.complain(wrong, result.duplicated(), "results duplicated");
        BenchmarkRow.complain(wrong, result.repeated(), "tasks called for twice");
        String summary = String.format(
                Locale.ROOT,
                "%d calls of %.0f s in flight: %d lost, %d repeated, ended after %.1f s",
                figures.inFlight(),
                figures.callS(),
                figures.lost(),
                figures.repeated(),
                figures.endedAfterS());
        return new BenchmarkRow.Findings(summary, figures, true, wrong);
    }

    private static double tenths(double exact) {
        return Math.round(exact * 10) / 10.0;
    }

    private static long median(long[] sorted) {
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    private static long most(long[] sorted) {
        return sorted.length == 0 ? 0 : sorted[sorted.length - 1];
    }

    /** Sorts the times of all kills; a process that made no call has none. */
    private static long[] sorted(List<Kill> kills, Function<Kill, OptionalLong> time) {
        return kills.stream()
                .map(time)
                .flatMapToLong(known -> known.isPresent() ? LongStream.of(known.getAsLong()) : LongStream.empty())
                .sorted()
                .toArray();
    }
}
