package io.pawline.testkit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides whether a test that {@linkplain NeedsTools needs tools} can run here. */
public final class ToolCondition implements ExecutionCondition {

    /** Holds the tests that were not run. {@code ./pawline test} reads it. */
    private static final Path NOT_RUN = ProjectFiles.root().resolve("target/not-run.txt");

    /** The TypeScript client needs it, and the launcher looks for it. */
    private static final int NEEDED_NODE = 20;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<NeedsTools.Tool> missing = context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, NeedsTools.class))
                .map(needs -> Arrays.stream(needs.value())
                        .filter(tool -> find(tool).isEmpty())
                        .toList())
                .orElse(List.of());
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("every tool is on the PATH");
        }
        String names = missing.stream().map(tool -> tool.commands().getFirst()).collect(Collectors.joining(", "));
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            throw new IllegalStateException("CI=true, and not on the PATH: " + names);
        }
        note(context.getDisplayName() + ": " + names + " is not on the PATH");
        return ConditionEvaluationResult.disabled("not on the PATH: " + names);
    }

    /** Returns the program's file, if it is on the PATH and new enough. */
    public static Optional<Path> find(NeedsTools.Tool tool) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return tool.commands().stream()
                .flatMap(command -> Stream.of(path.split(File.pathSeparator, -1))
                        .filter(folder -> !folder.isEmpty())
                        .map(folder -> Path.of(folder, command)))
                .filter(Files::isExecutable)
                .filter(file -> tool != NeedsTools.Tool.NODE || nodeVersion(file) >= NEEDED_NODE)
                .findFirst();
    }

    /** The first number of the version of a Node.js; 0 if it does not say. */
    static int nodeVersion(Path node) {
        try {
            Process asked = new ProcessBuilder(node.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader said = asked.inputReader()) {
                String version = Optional.ofNullable(said.readLine()).orElse("");
                return version.matches("v\\d{1,4}\\..*")
                        ? Integer.parseInt(version.substring(1, version.indexOf('.')))
                        : 0;
            }
        } catch (IOException unknown) {
            return 0;
        }
    }

    static void note(String line) {
        try {
            Files.createDirectories(NOT_RUN.getParent());
            Files.writeString(
                    NOT_RUN, line + System.lineSeparator(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
