package io.pawline.benchmarks;

import io.pawline.benchmarks.BenchmarkRow.Findings;
import io.pawline.benchmarks.BenchmarkRow.Setting;
import io.pawline.benchmarks.GenerateFleet.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Has six real processes share a provider with 30 places, while one is killed, one is frozen for half a minute, and one is
 * added. The provider itself counts what is in it.
 */
final class FleetProcessesRow {

    private static final int PLACES = 30;
    private static final int PROCESSES = 6;
    private static final double MOST_FILLED = 1.2;
    private static final double LEAST_TAKEN = 0.95;

    /** What a killed process had is nobody's until its lease has faded. */
    private static final double LEAST_TAKEN_OF_KNOWN = 0.9;

    /** So many tasks are open, so that no process is without work, however few a share of the partitions has. */
    private static final int OPEN = 480;

    private static final int LOOK_EVERY = 10;

    private FleetProcessesRow() {}

    /**
     * Says what the provider counted, and what became of the tasks.
     *
     * @param startMost calls at once while the processes started and the limit was found
     * @param most calls at once after that
     * @param mean the mean of the same
     * @param taken share of the places that were taken after that
     * @param lost tasks without a result
     * @param doubled results beyond the first of a task
     * @param paidAgain calls that repeat an attempt, as after the kill
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int processes,
            int places,
            double callS,
            int startMost,
            int most,
            double mean,
            double taken,
            int tasks,
            int lost,
            int doubled,
            long calls,
            long paidAgain) {}

    /** Nobody has told the processes how many places there are. */
    static Findings learned(Setting setting) throws Exception {
        // In the simulated worlds, a limit of which nothing is known is found in three minutes with calls of 3 s
        Duration found = setting.scale().of(Duration.ofMinutes(3), Duration.ofSeconds(45));
        Figures figures = measure(setting, found, List.of());
        return findings(
                figures, figures.most() <= MOST_FILLED * PLACES && figures.taken() >= LEAST_TAKEN, new ArrayList<>());
    }

    /** The number of places is configured. It is never exceeded, also not in the beginning. */
    static Findings known(Setting setting) throws Exception {
        Duration start = setting.scale().of(Duration.ofMinutes(3), Duration.ofSeconds(20));
        Figures figures = measure(setting, start, List.of("--pawline.generate.stage.provider-capacity=" + PLACES));
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(
                wrong, Math.max(0, Math.max(figures.startMost(), figures.most()) - PLACES), "calls beyond the limit");
        return findings(figures, figures.taken() >= LEAST_TAKEN_OF_KNOWN, wrong);
    }

    private static Figures measure(Setting setting, Duration start, List<String> settings) throws Exception {
        Duration call = setting.scale().of(Duration.ofSeconds(3), Duration.ofSeconds(1));
        Duration then = setting.scale().of(Duration.ofMinutes(3), Duration.ofSeconds(20));
        try (GenerateFleet fleet = new GenerateFleet(setting, PLACES, call, settings)) {
            List<String> names = IntStream.rangeClosed(1, PROCESSES)
                    .mapToObj(number -> "generate-" + number)
                    .toList();
            for (String name : names) {
                fleet.start(name);
            }
            fleet.awaitReady(names.toArray(String[]::new));
            setting.journal().step("  all processes take work");
            fleet.forget();
            rest(fleet, setting, start);
            Counted first = fleet.counted();
            setting.journal().step("  found: " + first);
            fleet.forget();
            comeAndGo(fleet, setting, then);
            Counted rest = fleet.counted();
            setting.journal().step("  then: " + rest);
            fleet.finish();
            long paidAgain = first.paidAgain() + fleet.counted().paidAgain();
            return new Figures(
                    PROCESSES,
                    PLACES,
                    call.toMillis() / 1e3,
                    first.most(),
                    rest.most(),
                    Math.round(rest.mean() * 10) / 10.0,
                    Math.round(rest.taken() / PLACES * 1000) / 1000.0,
                    fleet.sent(),
                    fleet.lost(),
                    fleet.doubled(),
                    first.billed() + fleet.counted().billed(),
                    paidAgain);
        }
    }

    private static void comeAndGo(GenerateFleet fleet, Setting setting, Duration then) throws Exception {
        setting.journal().step("  one is killed");
        fleet.process("generate-1").kill();
        rest(fleet, setting, Duration.ofSeconds(10));
        setting.journal().step("  one is frozen");
        fleet.process("generate-2").freeze();
        rest(fleet, setting, Duration.ofSeconds(30));
        setting.journal().step("  it goes on");
        fleet.process("generate-2").thaw();
        rest(fleet, setting, Duration.ofSeconds(10));
        setting.journal().step("  one is added");
        fleet.start("generate-7");
        rest(fleet, setting, then);
    }

    /** Lets time pass, and says every ten seconds what the limit is, and how many calls were in the provider. */
    private static void rest(GenerateFleet fleet, Setting setting, Duration time) throws Exception {
        IntSummaryStatistics inFlight = new IntSummaryStatistics();
        for (long second = 1; second <= time.toSeconds(); second++) {
            fleet.rest(Duration.ofSeconds(1), OPEN);
            inFlight.accept(fleet.counted().inFlight());
            if (second % LOOK_EVERY == 0) {
                setting.journal()
                        .step("  limit %s, in the provider %d to %d"
                                .formatted(fleet.limit("generate-3"), inFlight.getMin(), inFlight.getMax()));
                inFlight = new IntSummaryStatistics();
            }
        }
    }

    private static Findings findings(Figures figures, boolean reached, List<String> wrong) {
        BenchmarkRow.complain(wrong, figures.lost(), "tasks lost");
        BenchmarkRow.complain(wrong, figures.doubled(), "results doubled");
        // Those of the killed process, and those of the frozen one if the group has given its partitions away
        if (figures.paidAgain() > PLACES) {
            wrong.add(figures.paidAgain() + " calls paid again, more than a killed and a frozen process had in flight");
        }
        String summary = String.format(
                Locale.ROOT,
                "%d processes on %d places: at most %d calls at once, %.1f on average, %.1f %% of the places taken (at"
                        + " the start at most %d); %,d tasks: %d lost, %d doubled, %d calls paid again",
                figures.processes(),
                figures.places(),
                figures.most(),
                figures.mean(),
                100 * figures.taken(),
                figures.startMost(),
                figures.tasks(),
                figures.lost(),
                figures.doubled(),
                figures.paidAgain());
        return new Findings(summary, figures, reached, wrong);
    }
}
