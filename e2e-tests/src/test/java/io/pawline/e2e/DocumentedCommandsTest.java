package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pawline.bench.BenchCommand;
import io.pawline.local.PawlineCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** Each command of the launcher that the documentation names is one that it takes, options and values included. */
class DocumentedCommandsTest {

    private static final Pattern COMMAND = Pattern.compile("\\./pawline((?: +(?:\"[^\"]*\"|'[^']*'|[^\\s`#>\"'])+)*)");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|[^\\s\"']+");

    /** Of the launcher itself, which hands the rest to Maven. */
    private static final Set<String> MAVENS = Set.of("test", "build");

    /** A command as it is written, in the file it is in. */
    record Documented(String file, List<String> words) {
        @Override
        public String toString() {
            return "%s: %s".formatted(file, String.join(" ", words));
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isTaken(Documented command) {
        List<String> words = command.words();
        boolean bench = Set.of("bench", "incident").contains(words.getFirst());
        CommandLine line = new CommandLine(bench ? new BenchCommand() : new PawlineCommand())
                .setCaseInsensitiveEnumValuesAllowed(bench);
        List<String> rest = words.getFirst().equals("bench") ? words.subList(1, words.size()) : words;
        assertThatCode(() -> parse(line, rest)).as("%s", command).doesNotThrowAnyException();
    }

    /** In prose, a command is often named without what it needs. */
    private static void parse(CommandLine line, List<String> words) {
        try {
            line.parseArgs(words.toArray(String[]::new));
        } catch (MissingParameterException incomplete) {
            assertThat(incomplete.getMessage()).startsWith("Missing required");
        } catch (ParameterException refused) {
            throw new AssertionError(refused.getMessage(), refused);
        }
    }

    static List<Documented> commands() throws IOException {
        Path root = ProjectFiles.root();
        List<Documented> found = new ArrayList<>();
        try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            Stream.concat(
                            docs.filter(file -> file.toString().endsWith(".md")).sorted(),
                            Stream.of(
                                    root.resolve("README.md"),
                                    root.resolve("helm/README.md"),
                                    root.resolve("stage-runtime/GUARANTEES.md")))
                    .forEach(file -> found.addAll(commands(root, file)));
        }
        assertThat(found).hasSizeGreaterThan(40);
        return found;
    }

    private static List<Documented> commands(Path root, Path file) {
        try {
            return COMMAND.matcher(Files.readString(file))
                    .results()
                    .map(command -> words(command.group(1)))
                    .filter(words -> !words.isEmpty() && !MAVENS.contains(words.getFirst()))
                    .map(words -> new Documented(root.relativize(file).toString(), words))
                    .distinct()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** With what is optional, the first of what can be chosen, and something in place of what is left open. */
    private static List<String> words(String command) {
        return WORD.matcher(command)
                .results()
                .map(DocumentedCommandsTest::word)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String word(MatchResult found) {
        String quoted = found.group(1) == null ? found.group(2) : found.group(1);
        if (quoted != null) {
            return quoted;
        }
        String word = found.group().replaceAll("[\\[\\]]|[.,:;)]+$", "");
        Matcher open = Pattern.compile("<stage>").matcher(word);
        String filled = open.replaceAll("generate");
        int others = filled.indexOf('|');
        String first = others < 0 ? filled : filled.substring(0, others);
        return first.equals("N") ? "1" : first;
    }
}
