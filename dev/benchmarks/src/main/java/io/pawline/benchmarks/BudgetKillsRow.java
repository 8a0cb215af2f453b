package io.pawline.benchmarks;

import io.pawline.benchmarks.BenchmarkRow.Findings;
import io.pawline.benchmarks.BenchmarkRow.Setting;
import io.pawline.benchmarks.GenerateFleet.Counted;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Has real processes spend the money of a tenant's day, and kills them at random moments while they have many calls in
 * flight. The provider itself counts what it is to be paid for.
 */
final class BudgetKillsRow {

    private static final BigDecimal PRICE = new BigDecimal("0.03");
    private static final int PROCESSES = 6;
    private static final int IN_FLIGHT_OF_EACH = 170;
    private static final int PLACES = PROCESSES * IN_FLIGHT_OF_EACH;

    /** The provider has been paid nothing for so long, so there is no money left that anybody has. */
    private static final Duration QUIET = Duration.ofSeconds(20);

    /** As long as a process waits for leases that nobody gives, and some more. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private BudgetKillsRow() {}

    /**
     * Says what was spent.
     *
     * @param budgetCalls calls that the money of the day pays for
     * @param mostInFlight calls at once in the provider, those of killed processes among them
     * @param billed calls that the provider is to be paid for
     * @param overshoot those of them beyond the money
     * @param doubled results beyond the first of a task
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int processes, int kills, int budgetCalls, int mostInFlight, long billed, long overshoot, int doubled) {}

    static Findings measure(Setting setting) throws Exception {
        int kills = setting.scale().of(20, 2);
        int budgetCalls = setting.scale().of(8_000, 400);
        Duration call = setting.scale().of(Duration.ofSeconds(8), Duration.ofSeconds(2));
        // With little money, a part of it is spent before the last process has begun
        int busy = setting.scale().of(PLACES / 2, budgetCalls / 8);
        Random random = new Random(20);
        List<String> settings = List.of(
                "--pawline.budget.default-per-day=" + PRICE.multiply(BigDecimal.valueOf(budgetCalls)),
                // No day ends while this runs
                "--pawline.budget.time-zone="
                        + ZoneOffset.ofHours(12
                                - Clock.systemUTC()
                                        .instant()
                                        .atOffset(ZoneOffset.UTC)
                                        .getHour()),
                "--pawline.generate.stage.call-cost=" + PRICE,
                "--pawline.generate.stage.max-in-flight=" + IN_FLIGHT_OF_EACH,
                "--pawline.generate.stage.provider-capacity=" + PLACES,
                "--pawline.generate.stage.adaptive-limit=false");
        try (GenerateFleet fleet = new GenerateFleet(setting, PLACES, call, settings)) {
            fleet.startOther("ingest");
            fleet.startOther("ops");
            fleet.awaitReady("ingest", "ops");
            List<String> living = new ArrayList<>(IntStream.rangeClosed(1, PROCESSES)
                    .mapToObj(number -> "generate-" + number)
                    .toList());
            for (String name : living) {
                fleet.start(name);
            }
            fleet.awaitReady(living.toArray(String[]::new));
            setting.journal().step("  all processes take work");
            int open = 2 * PLACES;
            awaitInFlight(fleet, open, busy);
            int started = PROCESSES;
            for (int kill = 0; kill < kills; kill++) {
                fleet.rest(Duration.ofMillis(2_000 + random.nextInt(3_000)), open);
                fleet.process(living.remove(random.nextInt(living.size()))).kill();
                living.add("generate-" + ++started);
                fleet.start(living.getLast());
            }
            setting.journal().step("  after the kills: " + fleet.counted());
            awaitQuiet(fleet, open);
            Counted end = fleet.counted();
            return findings(new Figures(
                    PROCESSES,
                    kills,
                    budgetCalls,
                    end.most(),
                    end.billed(),
                    Math.max(0, end.billed() - budgetCalls),
                    fleet.doubled()));
        }
    }

    private static void awaitInFlight(GenerateFleet fleet, int open, int calls) throws Exception {
        long since = System.nanoTime();
        while (fleet.counted().most() < calls) {
            if (System.nanoTime() - since > PATIENCE.toNanos()) {
                throw new IllegalStateException("only %s after %s".formatted(fleet.counted(), PATIENCE));
            }
            fleet.rest(Duration.ofMillis(500), open);
        }
    }

    private static void awaitQuiet(GenerateFleet fleet, int open) throws Exception {
        Counted before = fleet.counted();
        long since = System.nanoTime();
        while (System.nanoTime() - since < QUIET.toNanos()) {
            fleet.rest(Duration.ofSeconds(1), open);
            Counted now = fleet.counted();
            if (now.inFlight() > 0 || now.billed() > before.billed()) {
                since = System.nanoTime();
            }
            before = now;
        }
    }

    private static Findings findings(Figures figures) {
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, figures.overshoot(), "calls beyond the money of the day");
        BenchmarkRow.complain(wrong, figures.doubled(), "results doubled");
        if (figures.billed() < figures.budgetCalls() / 2) {
            wrong.add("only %d of %d calls were made that there was money for"
                    .formatted(figures.billed(), figures.budgetCalls()));
        }
        String summary = String.format(
                Locale.ROOT,
                "%d processes, %d kills, at most %,d calls at once: %,d calls billed, money for %,d, %d beyond it",
                figures.processes(),
                figures.kills(),
                figures.mostInFlight(),
                figures.billed(),
                figures.budgetCalls(),
                figures.overshoot());
        return new Findings(summary, figures, figures.overshoot() == 0, wrong);
    }
}
