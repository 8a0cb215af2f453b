package io.pawline.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Does in plain folders what the Dockerfile does to make the class cache of a service's image, and starts with it. */
class ImageClassCacheIT {

    private static final Pattern LAYER = Pattern.compile("COPY --from=layers /layers/([a-z-]+)/ \\./");

    @TempDir
    private Path folder;

    /** A service with a database cannot be started here as a whole. */
    @Test
    void anImageStartsWithTheClassCacheThatItsBuildMade() throws Exception {
        Path app = unpacked("finalize");

        run(app, List.of("sh", "-c", step("RUN { java -XX:AOTCacheOutput=")));

        assertThat(app.resolve("app.aot")).isNotEmptyFile();
        List<String> start = new ArrayList<>(entrypoint());
        // A JVM in this mode ends at once if the cache is not of its classes
        start.addAll(1, List.of("-XX:AOTMode=on", "-Dspring.context.exit=onRefresh"));
        start.add("--pawline.image-store.folder=" + folder.resolve("images"));
        start.add("--pawline.image-store.public-base-url=http://localhost");
        run(app, start);
    }

    /** The service's folder in the image. */
    private Path unpacked(String service) throws Exception {
        Path image = Files.createDirectory(folder.resolve("image"));
        Files.copy(ProjectFiles.app(service), image.resolve("app.jar"));
        run(image, List.of("sh", "-c", step("RUN java -Djarmode=")));
        Path layers = image.resolve("layers");
        Path app = Files.createDirectory(folder.resolve("app"));
        Matcher layer = LAYER.matcher(Files.readString(dockerfile()));
        while (layer.find()) {
            run(app, List.of("cp", "-Rp", layers.resolve(layer.group(1)) + "/.", "."));
        }
        return app;
    }

    /** The command of the step that begins like this; there must be one. */
    private static String step(String beginning) throws IOException {
        List<String> found = Files.readString(dockerfile())
                .replaceAll("\\\\\n\\s*", "")
                .lines()
                .filter(line -> line.startsWith(beginning))
                .toList();
        assertThat(found).hasSize(1);
        return found.getFirst().substring("RUN ".length());
    }

    private static List<String> entrypoint() throws IOException {
        String last = Files.readAllLines(dockerfile()).getLast();
        assertThat(last).startsWith("ENTRYPOINT ");
        return Arrays.asList(JsonMapper.shared().readValue(last.substring("ENTRYPOINT ".length()), String[].class));
    }

    private static Path dockerfile() {
        return ProjectFiles.root().resolve("Dockerfile");
    }

    private static void run(Path in, List<String> command) throws Exception {
        String bin = Path.of(System.getProperty("java.home"), "bin").toString();
        Path output = Files.createTempFile(in.getParent(), "output", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().merge("PATH", bin, (path, own) -> own + ":" + path);
        List<String> resolved = new ArrayList<>(command);
        if (resolved.getFirst().equals("java")) {
            resolved.set(0, Path.of(bin, "java").toString());
        }
        assertThat(builder.command(resolved).start().waitFor())
                .as(() -> "%s: %s".formatted(command, read(output)))
                .isZero();
    }

    private static String read(Path output) {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
