package io.pawline.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Holds Apicurio to the contract: it offers Confluent's API, too, and was written by others, so it keeps the contract
 * honest.
 */
class ApicurioSchemaRegistryIT extends SchemaRegistryContract {

    private static final Path HOME = Path.of(System.getProperty("apicurio.home", "target/apicurio"));

    private static Process process;
    private static String url;

    @BeforeAll
    static void start() throws IOException {
        int port = freePort();
        process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-Dquarkus.management.host=127.0.0.1",
                        "-Dquarkus.management.port=" + freePort(),
                        "-jar",
                        "quarkus-run.jar"))
                .directory(HOME.toFile())
                .redirectErrorStream(true)
                .redirectOutput(new File(HOME.toFile(), "apicurio.log"))
                .start();
        url = "http://127.0.0.1:" + port + "/apis/ccompat/v7";
        RegistryClient registry = new RegistryClient(url);
        await().atMost(Duration.ofMinutes(2))
                .ignoreException(UncheckedIOException.class)
                .untilAsserted(() -> {
                    assertThat(process.isAlive())
                            .as("Apicurio runs; its log is in %s", HOME)
                            .isTrue();
                    assertThat(registry.get("/subjects").status()).isEqualTo(200);
                });
        assertThat(registry.putLevel("/config", "BACKWARD").status()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        process.destroyForcibly();
    }

    @Override
    String url() {
        return url;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
