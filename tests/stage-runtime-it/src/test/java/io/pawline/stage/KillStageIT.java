package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.KillScenario;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a process of its own that is killed with signal 9. */
class KillStageIT {

    @TempDir
    Path folder;

    @Test
    void losesNothingDoublesNothingAndRepeatsOnlyWhatAKillInterrupted() throws Exception {
        int kills = Integer.getInteger("pawline.test.kills", 5);
        long seed = Long.getLong("pawline.test.seed", System.nanoTime());
        System.out.println("-Dpawline.test.seed=" + seed);

        KillScenario.Result result = KillScenario.inFolder(folder, kills, 200, seed);

        System.out.println(result);
        assertThat(result.lost()).as("lost").isZero();
        assertThat(result.duplicated()).as("duplicated").isZero();
        assertThat(result.kills()).hasSize(kills).allSatisfy(kill -> {
            assertThat(kill.inFlight()).isPositive();
            assertThat(kill.repeated()).isLessThanOrEqualTo(kill.inFlight() + kill.uncommitted());
        });
    }
}
