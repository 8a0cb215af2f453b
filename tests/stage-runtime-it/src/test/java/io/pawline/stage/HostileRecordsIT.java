package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Stage;
import io.pawline.testkit.HostileScenario;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever bytes, headers, keys and timestamps a record has, in whichever of a stage's topics: the worst that it does is to end
 * its own task. Records are generated from a seed, which a failure prints.
 */
class HostileRecordsIT {

    private static final int HOSTILE_PER_TOPIC = 1_000;
    private static final int GOOD = 100;

    @ParameterizedTest
    @EnumSource(names = {"DETECT", "FINALIZE", "CALLBACK"})
    void aRecordEndsItsOwnTaskAtMost(Stage stage) throws Exception {
        long seed = System.nanoTime();
        int hostile = HOSTILE_PER_TOPIC * stage.readTopics().size();

        HostileScenario.Result result = HostileScenario.run(stage, hostile, GOOD, seed, _ -> {});

        assertThat(result.deadLetters()).isPositive();
        assertThat(result)
                .as("seed %d", seed)
                .isEqualTo(new HostileScenario.Result(hostile, result.deadLetters(), 0, 0, 0, 0, 0, 0));
    }
}
