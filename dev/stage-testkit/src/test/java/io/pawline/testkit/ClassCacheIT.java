package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher with a Java that only makes files, and looks at the cache of classes that it keeps. */
class ClassCacheIT {

    /** Says what it starts with, and writes a cache in two steps. Between them it lists the caches that there are. */
    private static final String JAVA = """
            #!/bin/sh
            for option in "$@"; do
                case $option in
                -XX:AOTMode=*) mode=${option#*=} ;;
                -XX:AOTConfiguration=*) recorded=${option#*=} ;;
                -XX:AOTCache=*) cache=${option#*=} ;;
                esac
            done
            case $mode in
            record) touch "$recorded" ;;
            create)
                echo half > "$cache"
                find . -name classes.aot > found-while-made
                [ ! -e breaks ] || exit 1
                echo whole >> "$cache"
                ;;
            *) echo "starts with $cache" ;;
            esac
            """;

    @TempDir
    private Path project;

    private Path folder;
    private Path cache;

    @BeforeEach
    void prepare() throws IOException {
        Files.copy(ProjectFiles.launcher(), project.resolve("pawline"));
        folder = project.resolve("dev/local-stack/target");
        Files.createDirectories(folder.resolve("lib"));
        cache = folder.resolve("classes.aot");
        Files.createFile(folder.resolve("local-stack.jar"));
        Path bin = Files.createDirectories(project.resolve("jdk/bin"));
        for (String program : List.of("java", "javac")) {
            Files.writeString(bin.resolve(program), JAVA);
            assertThat(bin.resolve(program).toFile().setExecutable(true)).isTrue();
        }
        Files.writeString(project.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    }

    @Test
    void isThereWhenItIsWhole() throws Exception {
        assertThat(run(Map.of(), "demo")).contains("making the next starts quicker (some 10 seconds)");

        assertThat(Files.readAllLines(cache)).containsExactly("half", "whole");
        assertThat(project.resolve("found-while-made")).isEmptyFile();
        assertThat(kept()).containsExactlyInAnyOrder("class-cache.log", "classes.aot", "lib", "local-stack.jar");
    }

    @Test
    void isNotThereIfItsMakingBreaks() throws Exception {
        Files.createFile(project.resolve("breaks"));

        run(Map.of(), "demo");

        assertThat(kept()).containsExactlyInAnyOrder("class-cache.log", "lib", "local-stack.jar");
    }

    @Test
    void theNextStartTakesItOrTheOneThatIsNamed() throws Exception {
        assertThat(run(Map.of(), "up")).containsExactly("starts with dev/local-stack/target/classes.aot");
        assertThat(run(Map.of("PAWLINE_CLASS_CACHE", "other.aot"), "up")).containsExactly("starts with other.aot");
    }

    private List<String> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** The lines that the launcher printed; it must have succeeded. */
    private List<String> run(Map<String, String> environment, String command) throws Exception {
        ProcessBuilder launcher =
                new ProcessBuilder("bash", project.resolve("pawline").toString(), command).redirectErrorStream(true);
        launcher.environment().put("JAVA_HOME", project.resolve("jdk").toString());
        launcher.environment().putAll(environment);
        Process run = launcher.start();
        List<String> lines = run.inputReader(UTF_8).lines().toList();
        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).as("%s", lines).isZero();
        return lines;
    }
}
