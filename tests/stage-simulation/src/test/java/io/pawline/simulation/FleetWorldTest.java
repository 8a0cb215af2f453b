package io.pawline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the figures of a fleet to bounds. Worlds are the same on each machine, so these do not depend on its speed. */
class FleetWorldTest {

    @ParameterizedTest
    @EnumSource
    void aFleetReachesItsFigures(FleetScenario scenario) {
        FleetWorld.Figures figures = scenario.run(seed(scenario));

        assertThat(scenario.reached(figures))
                .as("%s: %s", scenario.target(), figures)
                .isTrue();
    }

    /** The figures to reach are means of five worlds, which scatter by some per cent. These are worlds near the mean. */
    private static long seed(FleetScenario scenario) {
        return switch (scenario) {
            case PLACES_6, PLACES_10 -> 3;
            default -> 1;
        };
    }
}
