package io.pawline.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Holds Apicurio to the contract: it offers Confluent's API, too, and was written by others, so it keeps the contract
 * honest.
 */
class ApicurioSchemaRegistryIT extends SchemaRegistryContract {

    private static final Path HOME = Path.of(System.getProperty("apicurio.home", "target/apicurio"));

    private static final Pattern LISTENING = Pattern.compile("Listening on: (http://127\\.0\\.0\\.1:\\d+)");

    private static Process process;
    private static String url;

    @BeforeAll
    static void start() throws IOException {
        File log = new File(HOME.toFile(), "apicurio.log");
        process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=0",
                        "-Dquarkus.management.host=127.0.0.1",
                        "-Dquarkus.management.port=0",
                        "-jar",
                        "quarkus-run.jar"))
                .directory(HOME.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        String server = await().atMost(Duration.ofMinutes(2)).until(() -> address(log), Objects::nonNull);
        url = server + "/apis/ccompat/v7";
        RegistryClient registry = new RegistryClient(url);
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

    /** Where it says that it listens; null if it does not yet. */
    private static @Nullable String address(File log) throws IOException {
        assertThat(process.isAlive()).as("Apicurio runs; its log is %s", log).isTrue();
        Matcher listening = LISTENING.matcher(Files.readString(log.toPath()));
        return listening.find() ? listening.group(1) : null;
    }
}
