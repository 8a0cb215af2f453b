package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Does the drill of the documentation with its own commands, at a system whose provider is dead. */
class DrillIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern BLOCK = Pattern.compile("(?s)```sh\\n(.*?)```");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @TempDir
    private static Path folder;

    private final Deque<String> commands = commands();

    @Test
    void everyCommandOfThePageDoesItsPart() throws Exception {
        try (OutageStory story = OutageStory.start(folder)) {
            assertThat(commands.remove()).as("OutageStory has started it").isEqualTo("./pawline up");

            assertThat(run(story, "alerts")).containsAnyOf("no alert fires", "docs/operator/runbooks/");
            run(story, "control show");
            assertThat(run(story, "dlt groups")).contains("300\tgenerate\tprovider_error");
            run(story, "control pause");
            assertThat(paused(story)).isTrue();
            story.providerIsBack();
            run(story, "control resume");
            assertThat(paused(story)).isFalse();
            assertThat(run(story, "dlt replay --dry-run")).contains("\"replayed\" : " + OutageStory.TASKS);
            run(story, "dlt replay --per-second");
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode replay = story.get("/v1/replays").path("replays").path(0);
                assertThat(replay.at("/letters/succeeded").asInt(0))
                        .isEqualTo(OutageStory.TASKS - 2 * OutageStory.MODERATED);
            });
            assertThat(run(story, "dlt replays"))
                    .contains("\t" + (OutageStory.TASKS - 2 * OutageStory.MODERATED) + "\t");
            run(story, "report");
            assertThat(folder.resolve("report.md")).content().startsWith("# ").contains("InternalServiceError");
        }
        assertThat(commands).as("all commands of the page").isEmpty();
    }

    /** Runs the next command of the page, which begins so. */
    private String run(OutageStory story, String beginning) {
        String command = commands.remove();
        assertThat(command).startsWith("./pawline " + beginning);
        List<String> words = WORD.matcher(command.substring("./pawline ".length()))
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                // The page writes into the reader's folder
                .map(word -> word.equals("report.md") ? folder.resolve(word).toString() : word)
                .toList();
        return story.command(words);
    }

    private static boolean paused(OutageStory story) throws IOException {
        return story.get("/v1/controls").toString().contains("the provider fails every call");
    }

    private static Deque<String> commands() {
        try {
            return new ArrayDeque<>(BLOCK.matcher(Files.readString(ProjectFiles.document("operator/drill.md")))
                    .results()
                    .flatMap(block -> Stream.of(block.group(1).split("\n", -1)))
                    .filter(line -> !line.isBlank())
                    .toList());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
