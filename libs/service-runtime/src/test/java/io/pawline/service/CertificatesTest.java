package io.pawline.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.service.Certificates.Ending;
import io.pawline.service.Certificates.Use;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path folder;

    private static Path tenDays;
    private static Path fortyDays;

    @BeforeAll
    static void makeCertificates() throws Exception {
        tenDays = certificate("ten", 10);
        fortyDays = certificate("forty", 40);
    }

    @Test
    void aProcessWithoutTlsHasNone() {
        Certificates none = new Certificates(Map.of(), "jdbc:postgresql://db/pawline?sslmode=require");

        assertThat(none.first()).isEmpty();
        for (Use use : Use.values()) {
            assertThat(none.end(use)).isEmpty();
        }
    }

    @Test
    void findsThemWhereverTheSettingsHaveThem() throws Exception {
        Certificates certificates = new Certificates(
                Map.of(
                        "ssl.truststore.type",
                        "PEM",
                        "ssl.truststore.certificates",
                        Files.readString(tenDays),
                        "ssl.keystore.type",
                        "PKCS12",
                        "ssl.keystore.location",
                        folder.resolve("forty.p12").toString(),
                        "ssl.keystore.password",
                        PASSWORD,
                        "schema.registry.ssl.truststore.type",
                        "PEM",
                        "schema.registry.ssl.truststore.location",
                        fortyDays.toString()),
                "jdbc:postgresql://db/pawline?sslmode=verify-full&sslrootcert=" + tenDays + "&connectTimeout=2");

        assertEnds(certificates.end(Use.KAFKA_CA), 10);
        assertEnds(certificates.end(Use.KAFKA_CLIENT), 40);
        assertEnds(certificates.end(Use.REGISTRY_CA), 40);
        assertEnds(certificates.end(Use.DATABASE_CA), 10);
        assertThat(certificates.first().map(Ending::use)).hasValue(Use.KAFKA_CA);
    }

    /** While one authority follows another, both are in the file. */
    @Test
    void ofSeveralAuthoritiesTheLastCounts() throws Exception {
        Path both = folder.resolve("both.pem");
        Files.writeString(both, Files.readString(tenDays) + Files.readString(fortyDays));
        Certificates certificates = new Certificates(Map.of(), "jdbc:postgresql://db/pawline?sslrootcert=" + both);

        assertEnds(certificates.first().map(Ending::at), 40);
    }

    @Test
    void aFileIsReadAnew() throws Exception {
        Path file = folder.resolve("renewed.pem");
        Files.copy(tenDays, file);
        Certificates certificates = new Certificates(
                Map.of("ssl.truststore.type", "PEM", "ssl.truststore.location", file.toString()), null);
        assertEnds(certificates.end(Use.KAFKA_CA), 10);

        Files.writeString(file, Files.readString(fortyDays));
        assertEnds(certificates.end(Use.KAFKA_CA), 40);

        Files.writeString(file, "no certificate");
        assertThat(certificates.end(Use.KAFKA_CA)).isEmpty();
        Files.delete(file);
        assertThat(certificates.end(Use.KAFKA_CA)).isEmpty();
    }

    private static void assertEnds(Optional<Instant> end, int days) {
        assertThat(end)
                .hasValueSatisfying(at -> assertThat(Duration.between(Instant.now(), at))
                        .isBetween(Duration.ofDays(days - 1), Duration.ofDays(days)));
    }

    private static Path certificate(String name, int days) throws Exception {
        Path file = folder.resolve(name + ".pem");
        keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-validity", Integer.toString(days));
        keytool(name, "-exportcert", "-rfc", "-file", file.toString());
        return file;
    }

    private static void keytool(String name, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-alias", name, "-keystore", folder.resolve(name + ".p12").toString(), "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
    }
}
