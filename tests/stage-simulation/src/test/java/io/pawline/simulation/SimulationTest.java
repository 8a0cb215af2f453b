package io.pawline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SimulationTest {

    private static final int WORLDS = 300;

    @Test
    void aWorldWithoutFaultsEndsWell() {
        Simulation.Result result = Simulation.runWithoutFaults(1);

        assertThat(result.failed()).as(() -> WorldReport.of(result)).isFalse();
        assertThat(result.calls()).isGreaterThan(result.tasks());
        assertThat(result.repeats()).isZero();
    }

    @Test
    void aSeedIsAlwaysTheSameWorld() {
        Simulation.Result first = Simulation.run(7);

        assertThat(Simulation.run(7).hash()).isEqualTo(first.hash());
        assertThat(Simulation.run(8).hash()).isNotEqualTo(first.hash());
    }

    /** In the report, 82.1 % of the tasks succeeded. The command lives through a hundred afternoons. */
    @Test
    void theAfternoonOfTheReportEndsWell() throws InterruptedException, ExecutionException {
        List<Afternoon.Result> afternoons = Afternoon.runAll(1, 3);

        assertThat(afternoons).hasSize(3).allSatisfy(afternoon -> {
            assertThat(afternoon.failure()).isNull();
            assertThat(afternoon.successPct()).isGreaterThanOrEqualTo(99.1);
            assertThat((double) afternoon.calls() / afternoon.tasks())
                    .as("three calls for a task, and those that are repeated")
                    .isLessThan(3.2);
        });
    }

    @Test
    void theRuntimeKeepsItsPromisesInEveryWorld() throws InterruptedException, ExecutionException {
        List<Simulation.Result> results = Simulation.runAll(1, WORLDS);

        List<Simulation.Result> failed =
                results.stream().filter(Simulation.Result::failed).toList();
        assertThat(failed)
                .as(() -> failed.stream().limit(3).map(WorldReport::ofShortened).collect(Collectors.joining("\n")))
                .isEmpty();
        // The worlds were worth their time
        assertThat(results).anyMatch(result -> result.repeats() > 0);
        assertThat(results).anyMatch(result -> result.hedges() > 0);
        assertThat(results).hasSize(WORLDS).allMatch(result -> result.tasks() > 50);
    }
}
