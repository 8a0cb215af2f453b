package io.pawline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shows whether an overload outlives its cause. */
class OutageTest {

    private static final int PLACES = 5;
    private static final Duration MEDIAN = Duration.ofMillis(500);
    /** The times of calls are spread log-normally, by 0.3. */
    private static final double CAPACITY = PLACES / (MEDIAN.toMillis() / 1e3 * Math.exp(0.3 * 0.3 / 2));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsAreAnsweredInTimeAgainAfterAnOutageUnderOverload(long seed) {
        ImpatientFrontEnd.Figures figures = run(
                seed,
                0.6,
                Duration.ofSeconds(5),
                new FleetWorld.Policies(
                        64,
                        0.25,
                        new RetryPolicy(
                                Pipeline.ATTEMPTS, Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofSeconds(60)),
                        new ProviderPolicies(
                                "vision",
                                true,
                                Optional.of(new BreakerPolicy(65, 60, Duration.ofSeconds(5), Duration.ofSeconds(60))),
                                0,
                                1)));

        assertThat(figures.before()).as("%s", figures).isGreaterThan(0.95);
        assertThat(figures.outage()).as("%s", figures).isLessThan(0.5);
        assertThat(figures.after()).as("%s", figures).isGreaterThan(0.95);
        assertThat(figures.tasksPerSuccess()).as("%s", figures).isLessThan(3);
    }

    /**
     * The old system: as many calls at once as there are workers, given up on soon, and made again at once. Its load is
     * less than Pawline can handle, so that it is not the load that overloads it.
     */
    @Test
    void theyAreNotIfCallsAreGivenUpOnSoonAndMadeAgainAtOnce() {
        ImpatientFrontEnd.Figures figures = run(
                1,
                0.4,
                Duration.ofSeconds(1),
                new FleetWorld.Policies(
                        5 * PLACES,
                        0.9,
                        new RetryPolicy(
                                Pipeline.ATTEMPTS, Duration.ofHours(1), Duration.ofMillis(1), Duration.ofMillis(1)),
                        new ProviderPolicies("vision", false, Optional.empty(), 0, 1)));

        assertThat(figures.before()).as("%s", figures).isGreaterThan(0.95);
        assertThat(figures.after()).as("%s", figures).isLessThan(0.4);
    }

    private static ImpatientFrontEnd.Figures run(
            long seed, double load, Duration callsWithin, FleetWorld.Policies policies) {
        ImpatientFrontEnd frontEnd = new ImpatientFrontEnd(PLACES, CAPACITY, load);
        FleetWorld.serve(
                seed,
                policies,
                world -> new FleetProvider(world, PLACES, MEDIAN, 0, Duration.ZERO)
                        .givenUpAfter(callsWithin)
                        .refusingBeyond(10 * PLACES),
                frontEnd);
        return frontEnd.figures();
    }
}
