package io.pawline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MechanismTableTest {

    private static final int WORLDS = 60;

    /** Those that show within some worlds. The command runs them all, which takes minutes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "fenced",
                "positionsAfter",
                "commitAs",
                "cancelled",
                "begins",
                "awaitControls",
                "limitNow",
                "hold",
                "allowsAnother",
                "producerIsLost",
                "checkAgain",
                "leased",
                "left",
                "count",
                "compared",
                "learn"
            })
    void aMechanismThatIsSwitchedOffIsMissed(String method) throws InterruptedException, ExecutionException {
        List<Mechanism> one = Mechanism.ALL.stream()
                .filter(mechanism -> mechanism.method().equals(method))
                .toList();

        assertThat(MechanismTable.of(one, WORLDS))
                .singleElement()
                .satisfies(row -> assertThat(row.failure()).isPresent());
    }
}
