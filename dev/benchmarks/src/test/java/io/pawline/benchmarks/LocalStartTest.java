package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts scripts that say what the launcher says. */
class LocalStartTest {

    /** The launcher says what it was started with, is ready, and waits until it is stopped. */
    private static final String READY = """
            #!/bin/sh
            trap 'echo stopped >> %1$s; exit 143' TERM
            echo "$@ $PAWLINE_CLASS_CACHE" > %1$s
            echo "   0.1 s  starting Kafka"
            echo "   0.2 s  ready. Ctrl-C stops it"
            while true; do sleep 0.1; done
            """;

    @TempDir
    private Path folder;

    @Test
    void measuresUntilItIsReadyAndStopsIt() throws Exception {
        Path said = folder.resolve("said");

        LocalStart start = LocalStart.of(script(READY.formatted(said)));

        assertThat(start.untilReady(folder.resolve("data"))).isPositive();
        assertThat(Files.readAllLines(said)).hasSize(2).last().isEqualTo("stopped");
        assertThat(Files.readString(said)).startsWith("up --data-dir=" + folder.resolve("data") + " --ports=");
    }

    @Test
    void namesAnotherClassCache() throws Exception {
        Path said = folder.resolve("said");

        LocalStart.of(script(READY.formatted(said)))
                .withClassCache(folder.resolve("none"))
                .untilReady(folder.resolve("data"));

        assertThat(Files.readAllLines(said).getFirst()).endsWith(" " + folder.resolve("none"));
    }

    @Test
    void aStartThatFailsIsNoFigure() throws Exception {
        LocalStart start = LocalStart.of(script("#!/bin/sh\necho 'port 8080 is taken'\n"));

        assertThatThrownBy(() -> start.untilReady(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended before it was ready: port 8080 is taken");
    }

    @Test
    void theMedianIsReported() {
        StartRows.Starts starts = StartRows.Starts.of(List.of(9L, 5L, 7L), List.of(12L, 10L, 30L), 180);

        assertThat(starts.withCacheMs()).isEqualTo(7);
        assertThat(starts.withoutCacheMs()).isEqualTo(12);
        assertThat(starts.summary()).contains("7 ms with the class cache of 180 MB, 12 ms without (medians of 3)");
    }

    private Path script(String text) throws IOException {
        Path script = Files.writeString(folder.resolve("launcher"), text);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }
}
