package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unpacks and starts a jar that copies itself where the services' jars unpack themselves. */
class UnpackedServiceIT {

    private static final FileTime TIME_OF_BUILDS = FileTime.fromMillis(1_700_000_000_000L);

    @TempDir
    private Path folder;

    @Test
    void theSecondStartTakesItsClassesFromTheCacheOfTheFirst() throws Exception {
        UnpackedService service = UnpackedService.unpacked(jar("a"));

        assertThat(start(service)).contains("says a").noneMatch(UnpackedServiceIT::fromCache);
        assertThat(start(service)).contains("says a").anyMatch(UnpackedServiceIT::fromCache);
    }

    @Test
    void aJarOfEqualSizeAndTimeIsAnotherOne() throws Exception {
        UnpackedService.unpacked(jar("a"));
        List<Path> before = unpackedJars();
        UnpackedService same = UnpackedService.unpacked(jar("a"));
        assertThat(unpackedJars()).isEqualTo(before).hasSize(1);
        start(same);

        UnpackedService changed = UnpackedService.unpacked(jar("b"));

        assertThat(start(changed)).contains("says b").noneMatch(UnpackedServiceIT::fromCache);
        assertThat(unpackedJars()).hasSize(1).doesNotContainAnyElementsOf(before);
    }

    private static boolean fromCache(String line) {
        return line.contains(Copier.class.getName()) && line.contains("shared objects file (top)");
    }

    private List<Path> unpackedJars() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("unpacked"))) {
            return files.filter(file -> file.endsWith("a-service-app.jar")).toList();
        }
    }

    /** What a start prints; it must succeed. */
    private static List<String> start(UnpackedService service) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(service.program(List.of()));
        command.add(1 + command.indexOf("-Xlog:aot*=off"), "-Xlog:class+load");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor()).as("%s", lines).isZero();
        return lines;
    }

    /** Makes the jar, which prints the word; jars with words of one length have one size. */
    private Path jar(String word) throws IOException {
        String manifest = "Manifest-Version: 1.0\nMain-Class: " + Copier.class.getName() + "\n";
        String name = Copier.class.getName().replace('.', '/') + ".class";
        Path jar = folder.resolve("a-service-app.jar");
        try (ZipOutputStream file = new ZipOutputStream(Files.newOutputStream(jar))) {
            put(file, JarFile.MANIFEST_NAME, manifest.getBytes(UTF_8));
            put(file, name, Copier.resource("/" + name));
            put(file, "word", word.getBytes(UTF_8));
        }
        Files.setLastModifiedTime(jar, TIME_OF_BUILDS);
        return jar;
    }

    private static void put(ZipOutputStream file, String name, byte[] content) throws IOException {
        file.putNextEntry(new ZipEntry(name).setLastModifiedTime(TIME_OF_BUILDS));
        file.write(content);
    }

    /** Copies the jar into the folder that is named last, or prints its word. */
    static final class Copier {

        private Copier() {}

        private static byte[] resource(String name) throws IOException {
            try (InputStream content = Copier.class.getResourceAsStream(name)) {
                return Objects.requireNonNull(content, name).readAllBytes();
            }
        }

        public static void main(String[] arguments) throws Exception {
            if (arguments.length == 0) {
                System.out.println("says " + new String(resource("/word"), UTF_8));
                return;
            }
            Path jar = Path.of(Copier.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path to = Files.createDirectories(Path.of(arguments[arguments.length - 1]));
            Files.copy(jar, to.resolve("a-service-app.jar"), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }
}
