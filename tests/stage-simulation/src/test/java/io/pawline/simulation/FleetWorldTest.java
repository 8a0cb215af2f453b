package io.pawline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the figures of a fleet to bounds. Worlds are the same on each machine, so these do not depend on its speed. */
class FleetWorldTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 10})
    void aFleetFillsItsProviderAndHardlyMore(int processes) {
        FleetWorld.Figures figures = FleetWorld.places(1, processes);

        assertThat(figures.mean()).as("%s", figures).isLessThanOrEqualTo(1.25);
        assertThat(figures.occupied()).as("%s", figures).isGreaterThanOrEqualTo(0.93);
        assertThat(figures.startMost()).as("%s", figures).isLessThanOrEqualTo(3);
        assertThat(figures.timedOut()).as("%s", figures).isZero();
    }

    @Test
    void aFleetFillsItsProviderWhoeverComesAndGoes() {
        FleetWorld.Figures figures = FleetWorld.comingAndGoing(1);

        assertThat(figures.mean()).as("%s", figures).isLessThanOrEqualTo(1.3);
        assertThat(figures.occupied()).as("%s", figures).isGreaterThanOrEqualTo(0.9);
    }

    @Test
    void aFleetFindsAProviderThatLostHalfOfItsPlaces() {
        FleetWorld.Figures figures = FleetWorld.halved(1, 6);

        assertThat(figures.foundAfterS()).as("%s", figures).isBetween(0.0, 10.0);
        assertThat(figures.timedOut()).as("%s", figures).isLessThanOrEqualTo(0.02);
    }

    @Test
    void aFleetKeepsTheRateOfItsAccountAndUsesIt() {
        FleetWorld.Figures figures = FleetWorld.rate(1, 10);

        assertThat(figures.mostInAMinute()).as("%s", figures).isLessThanOrEqualTo(505);
        assertThat(figures.perMinute()).as("%s", figures).isGreaterThanOrEqualTo(485);
    }
}
