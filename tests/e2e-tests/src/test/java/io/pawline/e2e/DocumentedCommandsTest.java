package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pawline.benchmarks.BenchCommand;
import io.pawline.local.PawlineCommand;
import io.pawline.simulation.SimulateCommand;
import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** The launcher takes each command that the documentation names, with its options and values. */
class DocumentedCommandsTest {

    private static final String WORD = "(?:\"[^\"]*\"|'[^']*'|<\\w+>|[^\\s`#>\"'])+";
    private static final Pattern COMMAND = Pattern.compile("\\./pawline((?: +" + WORD + ")*)");

    /** The placeholders that the reader has to replace, each with a value. */
    private static final Map<String, String> CHOICES =
            Map.of("<stage>", "generate", "N", "1", "BASE", "8080", "NAME", "throughput");

    /** Commands that the launcher hands to Maven. */
    private static final Set<String> MAVENS = Set.of("test", "mutate", "build");

    /** A command as it is written, and its file. */
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
        CommandLine line = switch (words.getFirst()) {
            case "bench", "incident" -> BenchCommand.commandLine();
            case "simulate" -> SimulateCommand.commandLine();
            default -> PawlineCommand.commandLine();
        };
        boolean ofLauncher = Set.of("bench", "simulate").contains(words.getFirst());
        List<String> rest = ofLauncher ? words.subList(1, words.size()) : words;
        assertThatCode(() -> parse(line, rest)).as("%s", command).doesNotThrowAnyException();
    }

    /** Parses a command; a required option may be missing, because prose often names a command alone. */
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
                                    root.resolve("README.zh.md"),
                                    root.resolve("CONTRIBUTING.md"),
                                    root.resolve("helm/README.md"),
                                    root.resolve("libs/stage-runtime/GUARANTEES.md")))
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

    /** The words of a command, with optional ones, and with a value in place of each placeholder. */
    private static List<String> words(String command) {
        return Pattern.compile(WORD)
                .matcher(command)
                .results()
                .map(word -> chosen(word.group()))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String chosen(String written) {
        if (written.contains("\"") || written.contains("'")) {
            return written.replaceAll("[\"']", "");
        }
        String word = written.replaceAll("[\\[\\]]|[.,:;)]+$", "");
        String first = word.substring(0, word.indexOf('|') < 0 ? word.length() : word.indexOf('|'));
        return CHOICES.getOrDefault(first, first);
    }
}
