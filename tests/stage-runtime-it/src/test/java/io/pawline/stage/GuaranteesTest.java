package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds GUARANTEES.md to the tests it names. */
class GuaranteesTest {

    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

    @Test
    void everyTestNamedThereExists() throws IOException {
        List<String> missing;
        try (Stream<Path> files = Files.walk(TESTS)) {
            List<Path> sources = files.filter(Files::isRegularFile).toList();
            Matcher named = TEST.matcher(Files.readString(Path.of("GUARANTEES.md")));
            missing = named.results()
                    .filter(test -> sources.stream()
                            .noneMatch(source -> source.endsWith(test.group(1) + ".java")
                                    && has(source, "void " + test.group(2) + "(")))
                    .map(test -> test.group())
                    .toList();
        }
        assertThat(missing).isEmpty();
    }

    private static boolean has(Path source, String text) {
        try {
            return Files.readString(source).contains(text);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
