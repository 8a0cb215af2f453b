package io.pawline.simulation;

import io.pawline.simulation.FleetProvider.Minutes;
import io.pawline.simulation.FleetWorld.Figures;
import io.pawline.simulation.FleetWorld.ProviderOf;
import io.pawline.simulation.FleetWorld.Script;
import io.pawline.simulation.FleetWorld.Settings;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Predicate;

/** Lists what happens between the processes of a fleet and their provider, and the figures to reach. */
@SuppressWarnings("ImmutableEnumChecker") // lambdas without state
public enum FleetScenario {
    PLACES_1(Reached.FULL_TARGET, 1, Settings.NONE, Places.THIRTY, Scripts.LONG, Reached.FULL),
    PLACES_6(Reached.FULL_TARGET, 6, Settings.NONE, Places.THIRTY, Scripts.LONG, Reached.FULL),
    PLACES_10(Reached.FULL_TARGET, 10, Settings.NONE, Places.THIRTY, Scripts.LONG, Reached.FULL),
    COMING_AND_GOING(
            "filled at most 1.3 times",
            6,
            Settings.NONE,
            Places.THIRTY,
            FleetWorld::comeAndGo,
            seen -> seen.mean() <= 1.3),
    SLOW_CALLS(
            ">= 95 % of the places taken",
            1,
            Settings.NONE,
            world -> new FleetProvider(world, 5, Duration.ofSeconds(1), 0.05, Duration.ofSeconds(60)),
            fleet -> fleet.measure(Duration.ofMinutes(10), Duration.ofMinutes(60)),
            seen -> seen.occupied() >= 0.95),
    MIXED_CALLS(
            "filled at most 1.3 times, >= 95 % of the places taken",
            6,
            Settings.NONE,
            world -> new FleetProvider(world, 30, Duration.ofSeconds(1), 0, Duration.ZERO),
            FleetWorld::changeTheMix,
            seen -> seen.mean() <= 1.3 && seen.occupied() >= 0.95),
    FAILING_CALLS(
            ">= 95 % of the places taken, <= 1.6 calls for each success, where 34 % fail",
            1,
            Settings.NONE,
            world -> new FleetProvider(world, 30, Duration.ofSeconds(3), 0, Duration.ZERO).failing(0.34),
            Scripts.LONG,
            seen -> seen.occupied() >= 0.95 && seen.callsPerSuccess() <= 1.6),
    HALVED(
            "found within 10 s, <= 2 % time-outs",
            6,
            Settings.NONE,
            world -> new FleetProvider(world, 60, Duration.ofSeconds(1), 0, Duration.ZERO),
            FleetWorld::halve,
            seen -> seen.foundAfterS() <= 10 && seen.timedOut() <= 0.02),
    RATE(
            "<= 505 calls in any minute, >= 485 on average",
            10,
            new Settings(500, 0, 0),
            Places.MANY,
            Scripts.LONG,
            seen -> seen.mostInAMinute() <= 505 && seen.perMinute() >= 485),
    LEARNED_RATE(
            Reached.RATE_TARGET,
            10,
            Settings.NONE,
            world -> Places.MANY.in(world).refusing(500, Minutes.SLIDING),
            Scripts.LONG,
            Reached.RATE_FOUND),
    LEARNED_RATE_OF_THE_CLOCK(
            Reached.RATE_TARGET,
            10,
            Settings.NONE,
            world -> Places.MANY.in(world).refusing(500, Minutes.OF_THE_CLOCK),
            Scripts.LONG,
            Reached.RATE_FOUND),
    TOKENS(
            ">= 95 % of 200,000 tokens a minute used, <= 1 % refused",
            10,
            new Settings(0, 200_000, 0),
            world -> Places.MANY.in(world).refusingTokens(200_000),
            Scripts.LONG,
            seen -> seen.tokensPerMinute() >= 190_000 && seen.refused() <= 0.01),
    KEPT_LIMIT(
            "a configured limit of 20 is never exceeded, and is used again when a process is gone",
            6,
            new Settings(0, 0, 20),
            world -> new FleetProvider(world, 20, Duration.ofSeconds(3), 0.03, Duration.ofSeconds(7))
                    .strict(Duration.ofSeconds(6)),
            FleetWorld::comeAndGoForLong,
            seen -> seen.most() <= 1 && seen.occupied() >= 0.9);

    private static final class Places {
        static final ProviderOf THIRTY = world -> new FleetProvider(world, 30, Duration.ofSeconds(3), 0, Duration.ZERO);
        static final ProviderOf MANY =
                world -> new FleetProvider(world, 1_000, Duration.ofSeconds(3), 0, Duration.ZERO);
    }

    private static final class Scripts {
        static final Script LONG = fleet -> fleet.measure(Duration.ofMinutes(3), Duration.ofMinutes(15));
    }

    private static final class Reached {
        static final String FULL_TARGET = "30 places, filled at most 1.2 times, >= 95 % of them taken";
        static final String RATE_TARGET = ">= 470 of 500 calls a minute taken, <= 3 % refused";
        static final Predicate<Figures> FULL = seen -> seen.mean() <= 1.2 && seen.occupied() >= 0.95;
        static final Predicate<Figures> RATE_FOUND = seen -> seen.perMinute() >= 470 && seen.refused() <= 0.03;
    }

    private final String target;
    private final int processes;
    private final Settings settings;
    private final ProviderOf provider;
    private final Script script;
    private final Predicate<Figures> reached;

    FleetScenario(
            String target,
            int processes,
            Settings settings,
            ProviderOf provider,
            Script script,
            Predicate<Figures> reached) {
        this.target = target;
        this.processes = processes;
        this.settings = settings;
        this.provider = provider;
        this.script = script;
        this.reached = reached;
    }

    /** Returns its name in commands and documents. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the figures to reach, in words. */
    public String target() {
        return target;
    }

    /** Runs it in the world of this seed. */
    public Figures run(long seed) {
        return FleetWorld.run(seed, processes, settings, provider, script);
    }

    /** Says whether these are the figures to reach. */
    public boolean reached(Figures seen) {
        return reached.test(seen);
    }

    /** Runs it, and says what did not hold or was not reached; empty if all was. */
    String failure(long seed) {
        try {
            return reached(run(seed)) ? "" : "not reached: " + target;
        } catch (AssertionError failed) {
            return String.valueOf(failed.getMessage());
        }
    }
}
