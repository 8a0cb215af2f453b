package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.cli.connection.DatabaseOptions;
import io.pawline.cli.connection.Environment;
import io.pawline.cli.connection.ImageStoreOptions;
import io.pawline.cli.connection.OpsOptions;
import io.pawline.cli.connection.RegistryOptions;
import io.pawline.images.ImageStoreProperties;
import io.pawline.taskstore.DatabaseProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What comes of the options of connections, of the environment and of files, and which of them wins. */
class ConnectionOptionsTest {

    private static final String URL = "jdbc:postgresql://db:5432/pawline?sslmode=verify-full&sslrootcert=/etc/ca.pem";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @Command
    static final class Everything {
        @Mixin
        private RegistryOptions registry;

        @Mixin
        private DatabaseOptions database;

        @Mixin
        private ImageStoreOptions images;

        @Mixin
        private OpsOptions ops;
    }

    private Path config;

    @BeforeEach
    void writeConfig() throws IOException {
        config = Files.writeString(folder.resolve("kafka.properties"), """
                bootstrap.servers=file:9094
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=of the file
                schema.registry.url=https://file:8081
                schema.registry.ssl.truststore.location=/etc/trust.p12
                schema.registry.ssl.truststore.password=secret
                basic.auth.credentials.source=USER_INFO
                basic.auth.user.info=file:secret
                """);
    }

    @Test
    void withoutAnyTheLocalStackIsMeant() {
        Everything options = parsed();

        assertThat(options.registry.kafka()).isEqualTo(Map.of("bootstrap.servers", "127.0.0.1:8086"));
        assertThat(options.registry.settings()).isEqualTo(Map.of("schema.registry.url", "http://127.0.0.1:8088"));
        assertThat(options.ops.where()).isEqualTo("http://127.0.0.1:8090");
        assertThat(options.ops.named()).isFalse();
    }

    @Test
    void theFileGoesToKafkaAndTheRegistry() {
        Everything options = parsed("--kafka-config", config.toString());

        assertThat(options.registry.kafka())
                .containsEntry("bootstrap.servers", "file:9094")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.jaas.config", "of the file");
        assertThat(options.registry.settings())
                .containsEntry("schema.registry.url", "https://file:8081")
                .containsEntry("basic.auth.user.info", "file:secret");
    }

    @Test
    void theEnvironmentWinsOverTheFile() {
        environment.put("PAWLINE_KAFKA_CONFIG", config.toString());
        environment.put("PAWLINE_BOOTSTRAP_SERVERS", "environment:9094");
        environment.put("PAWLINE_KAFKA_SASL_JAAS_CONFIG", "of the environment");
        environment.put("PAWLINE_SCHEMA_REGISTRY_URL", "https://ann:secret@environment:8081");
        environment.put("PAWLINE_SCHEMA_REGISTRY_USER_INFO", "environment:secret");
        environment.put("PAWLINE_SCHEMA_REGISTRY_CA", "/etc/ca.pem");
        Everything options = parsed();

        assertThat(options.registry.kafka())
                .containsEntry("bootstrap.servers", "environment:9094")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.jaas.config", "of the environment");
        assertThat(options.registry.settings())
                .containsEntry("schema.registry.url", "https://ann:secret@environment:8081")
                .containsEntry("basic.auth.user.info", "environment:secret")
                .containsEntry("schema.registry.ssl.truststore.type", "PEM")
                .containsEntry("schema.registry.ssl.truststore.location", "/etc/ca.pem")
                .doesNotContainKey("schema.registry.ssl.truststore.password");
        assertThat(options.registry.where()).isEqualTo("https://environment:8081");
    }

    @Test
    void theOptionWinsOverTheEnvironment() {
        environment.put("PAWLINE_BOOTSTRAP_SERVERS", "environment:9094");
        environment.put("PAWLINE_KAFKA_CONFIG", "/nowhere");
        environment.put("PAWLINE_SCHEMA_REGISTRY_URL", "https://environment:8081");
        environment.put("PAWLINE_SCHEMA_REGISTRY_CA", "/nowhere");
        environment.put("PAWLINE_OPS_URL", "https://environment");
        Everything options = parsed(
                "--bootstrap-servers=option:9094",
                "--kafka-config=" + config,
                "--schema-registry=https://option:8081",
                "--schema-registry-ca=/etc/ca.pem",
                "--ops-url=https://option");

        assertThat(options.registry.kafka())
                .containsEntry("bootstrap.servers", "option:9094")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512");
        assertThat(options.registry.settings())
                .containsEntry("schema.registry.url", "https://option:8081")
                .containsEntry("schema.registry.ssl.truststore.location", "/etc/ca.pem");
        assertThat(options.ops.where()).isEqualTo("https://option");
    }

    @Test
    void theDatabaseIsTheOneNamedWithItsPasswordFromAFile() throws IOException {
        environment.put("PAWLINE_DATABASE_URL", "jdbc:postgresql://environment/pawline");
        environment.put("PAWLINE_DATABASE_USERNAME", "environment");
        environment.put(
                "PAWLINE_DATABASE_PASSWORD_FILE",
                Files.writeString(folder.resolve("password"), "secret\n").toString());

        assertThat(parsed().database.properties())
                .contains(new DatabaseProperties(
                        "jdbc:postgresql://environment/pawline", "environment", "secret", 1, false));
        assertThat(parsed("--database-url=" + URL, "--database-username=option")
                        .database
                        .properties())
                .contains(new DatabaseProperties(URL, "option", "secret", 1, false));
    }

    @Test
    void withoutADatabaseTheLocalStacksIsMeant() throws IOException {
        String inFolder = "--data-dir=" + folder;
        assertThat(parsed(inFolder).database.properties()).isEmpty();

        Files.writeString(folder.resolve("local.properties"), """
                pawline.database.url=jdbc:postgresql://127.0.0.1:8087/postgres
                pawline.database.username=postgres
                pawline.database.password=postgres
                pawline.image-store.folder=/data/images
                """);
        Everything options = parsed(inFolder);
        assertThat(options.database.properties())
                .contains(new DatabaseProperties(
                        "jdbc:postgresql://127.0.0.1:8087/postgres", "postgres", "postgres", 1, true));
        assertThat(options.images.properties(options.database.localStack()))
                .hasValueSatisfying(images -> assertThat(images.folder()).isEqualTo(Path.of("/data/images")));
    }

    @Test
    void imagesAreInTheBucketNamedAndTheKeysNeverOptions() {
        environment.put("PAWLINE_IMAGESTORE_S3_ACCESSKEY", "AKIA1");
        environment.put("PAWLINE_IMAGESTORE_S3_SECRETKEY", "secret");
        environment.put("PAWLINE_IMAGESTORE_S3_REGION", "cn-north-1");
        Everything options = parsed("--s3-bucket=pets", "--s3-endpoint=https://store", "--s3-path-style");

        assertThat(options.images.properties(options.database.localStack())).hasValueSatisfying(images -> {
            assertThat(images.kind()).isEqualTo(ImageStoreProperties.Kind.S3);
            assertThat(images.s3().bucket()).isEqualTo("pets");
            assertThat(images.s3().endpoint()).hasToString("https://store");
            assertThat(images.s3().region()).isEqualTo("cn-north-1");
            assertThat(images.s3().pathStyle()).isTrue();
            assertThat(images.s3().accessKey()).isEqualTo("AKIA1");
            assertThat(images.s3().secretKey()).isEqualTo("secret");
        });
    }

    @Test
    void saysInOneLineWhatIsMissingOrTwice() throws IOException {
        environment.put("PAWLINE_DATABASE_URL", URL);
        environment.put("PAWLINE_KEY", "pwk_1");
        environment.put(
                "PAWLINE_KEY_FILE",
                Files.writeString(folder.resolve("key"), "pwk_2").toString());

        assertThatThrownBy(() -> parsed().database.properties())
                .hasMessageContainingAll("--database-username", "PAWLINE_DATABASE_PASSWORD_FILE");
        assertThatThrownBy(() -> parsed().ops.hasKey()).hasMessageContaining("PAWLINE_KEY and PAWLINE_KEY_FILE");
        assertThat(CommandRun.of(List.of("topics", "--kafka-config=/nowhere")).err())
                .isEqualToIgnoringNewLines("pawline: the settings cannot be read: /nowhere");
    }

    private Everything parsed(String... options) {
        Everything everything = new Everything();
        new CommandLine(everything, new OptionsFactory(new Environment(environment))).parseArgs(options);
        return everything;
    }
}
