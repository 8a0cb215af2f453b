package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds GUARANTEES.md to the tests it names. */
class GuaranteesTest {

    private static final Path GUARANTEES = ProjectFiles.root().resolve("libs/stage-runtime/GUARANTEES.md");
    private static final List<String> MODULES = List.of(
            "schemas",
            "libs/stage-runtime",
            "libs/live-controls",
            "libs/outbound-http",
            "libs/image-store",
            "libs/task-store",
            "ingest-service",
            "detect-service",
            "matting-service",
            "finalize-service",
            "callback-service",
            "ops-service",
            "dev/benchmarks",
            "tests/stage-runtime-it",
            "tests/stage-simulation",
            "tests/e2e-tests");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

    @Test
    void everyTestNamedThereExists() throws IOException {
        List<MatchResult> named =
                TEST.matcher(Files.readString(GUARANTEES)).results().toList();
        List<Path> sources = MODULES.stream().flatMap(GuaranteesTest::tests).toList();

        assertThat(named).isNotEmpty();
        assertThat(named)
                .filteredOn(test -> sources.stream()
                        .noneMatch(source ->
                                source.endsWith(test.group(1) + ".java") && has(source, "void " + test.group(2) + "(")))
                .extracting(MatchResult::group)
                .isEmpty();
    }

    private static Stream<Path> tests(String module) {
        try (Stream<Path> files = Files.walk(ProjectFiles.root().resolve(module).resolve("src/test/java"))) {
            return files.filter(Files::isRegularFile).toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static boolean has(Path source, String text) {
        try {
            return Files.readString(source).contains(text);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
