package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code ./pawline test} on a Maven that prints a log and fails. */
class TestCommandIT {

    private static final int MAVENS_EXIT_CODE = 37;

    private static final String MAVEN = """
            #!/bin/sh
            echo "[INFO] Scanning for projects..."
            echo "[INFO] Building $* [1/2]"
            node > node-of-the-run
            seq 100000
            echo "[ERROR] Tests run: 1, Failures: 1, Errors: 0, Skipped: 0 <<< FAILURE! -- in a.OneTest" >&2
            exit %d
            """.formatted(MAVENS_EXIT_CODE);

    @TempDir
    private Path project;

    private Path tools;

    @BeforeEach
    void prepare() throws IOException {
        Files.copy(ProjectFiles.launcher(), project.resolve("pawline"));
        executable(project.resolve("mvnw"), MAVEN);
        Path sources = Path.of("dev/stage-testkit/src/main/java/io/pawline/testkit");
        Files.createDirectories(project.resolve(sources));
        for (String source : List.of("TestRunOutput.java", "FailedTests.java")) {
            Files.copy(
                    ProjectFiles.root().resolve(sources).resolve(source),
                    project.resolve(sources).resolve(source));
        }
        // The launcher would install them
        tools = Files.createDirectories(project.resolve("tools"));
        for (NeedsTools.Tool tool : NeedsTools.Tool.values()) {
            executable(tools.resolve(tool.commands().getFirst()), "#!/bin/sh\n");
        }
        executable(tools.resolve("node"), "#!/bin/sh\necho 20\n");
    }

    @Test
    void printsWhatMattersKeepsTheLogAndFailsAsMavenDoes() throws Exception {
        Process run = run("test", "-Dsome.setting=1");
        List<String> lines = run.inputReader(UTF_8).lines().toList();

        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isEqualTo(MAVENS_EXIT_CODE);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).contains(" verify ").contains(" -Dsome.setting=1 ");
        assertThat(lines.get(2)).startsWith("[ERROR] Tests run: 1, Failures: 1");
        assertThat(Files.readAllLines(project.resolve("target/test.log"))).hasSizeGreaterThan(100_000);
    }

    @Test
    void quickLeavesOutWhatNeedsABrokerOrAProcess() throws Exception {
        Process run = run("test", "quick", "-Dsome.setting=1");

        List<String> lines = run.inputReader(UTF_8).lines().toList();

        assertThat(lines.get(1))
                .contains(" test ")
                .contains(" -Dsome.setting=1 ")
                .doesNotContain("verify", "quick");
    }

    @Test
    void anOldNodeIsMissing() throws Exception {
        executable(tools.resolve("node"), "#!/bin/sh\necho 18\n");
        executable(tools.resolve("id"), "#!/bin/sh\necho 1000\n");

        Process run = run("test");

        assertThat(run.inputReader(UTF_8).lines())
                .contains("pawline: node is too old, the tests need 20. Untested without it:"
                        + " the console, the callbacks' signature, the TypeScript client");
    }

    @Test
    void npmBringsANewerNodeForThisRunAlone() throws Exception {
        executable(tools.resolve("node"), "#!/bin/sh\necho 18\n");
        executable(tools.resolve("id"), "#!/bin/sh\necho 0\n");
        executable(tools.resolve("apt-get"), "#!/bin/sh\n");
        executable(tools.resolve("npm"), """
                #!/bin/sh
                bin=target/tools/node_modules/node/bin
                mkdir -p $bin
                cp "$(dirname "$0")/pngcheck" $bin/node
                echo "echo 22" >> $bin/node
                chmod +x $bin/node
                """);

        Process run = run("test");

        assertThat(run.inputReader(UTF_8).lines()).anyMatch(line -> line.startsWith("installing node@22"));
        assertThat(project.resolve("node-of-the-run")).hasContent("22");
    }

    private Process run(String... arguments) throws IOException {
        ProcessBuilder launcher = new ProcessBuilder();
        launcher.command().addAll(List.of("bash", project.resolve("pawline").toString()));
        launcher.command().addAll(Arrays.asList(arguments));
        launcher.environment().put("JAVA_HOME", System.getProperty("java.home"));
        launcher.environment().merge("PATH", tools.toString(), (path, own) -> own + ":" + path);
        return launcher.redirectErrorStream(true).start();
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
