package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The one jar that an operator copies. */
class PackagedJarIT {

    private static final Path JAR = Path.of("target", "pawline-cli.jar");

    @Test
    void runsWithoutAnythingBesideIt() throws Exception {
        assertThat(java("--help")).startsWith("0 Usage: pawline").contains("check", "control", "topics");
        assertThat(java("control", "show", "--kafka-config=/nowhere"))
                .isEqualToIgnoringNewLines("1 pawline: the settings cannot be read: /nowhere");
    }

    @Test
    void isSmallAndHasNeitherSpringNorAServiceInIt() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream()
                            .map(entry -> Path.of(entry.getName()).getFileName().toString()))
                    .filteredOn(name -> name.endsWith(".jar"))
                    .hasSizeGreaterThan(20)
                    .noneMatch(name -> name.startsWith("spring-"))
                    .noneMatch(name -> name.contains("-service-"))
                    .noneMatch(name -> name.startsWith("stage-runtime") || name.startsWith("embedded-"));
        }
        assertThat(Files.size(JAR)).isLessThan(55_000_000);
    }

    /** The exit code, then what was written to both streams. */
    private static String java(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + output;
    }
}
