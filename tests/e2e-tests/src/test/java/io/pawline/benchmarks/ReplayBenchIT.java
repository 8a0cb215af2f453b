package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the benchmark of dead letters in small: no dead letter is lost or published twice, whatever their number. */
class ReplayBenchIT {

    @Test
    void noDeadLetterIsLostOrDoubledThoughOpsServiceIsKilled(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");

        int exit = new CommandLine(new BenchCommand())
                .execute("replay", "--small", "--rows=hostile_requests,replay", "--json=" + json);

        assertThat(exit).isZero();
        JsonNode rows = new JsonMapper().readTree(Files.readAllBytes(json));
        assertThat(rows.path(0).path("wrong")).isEmpty();
        JsonNode replay = rows.path(1).path("figures");
        assertThat(replay.path("kills").asInt(0)).isEqualTo(2);
        assertThat(replay.path("lost").asInt(-1)).isZero();
        assertThat(replay.path("published_twice").asInt(-1)).isZero();
        assertThat(replay.path("succeeded").asInt(0))
                .isEqualTo(replay.path("letters").asInt(-1));
    }
}
