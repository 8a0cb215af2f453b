package io.pawline.cli;

import static java.time.ZoneOffset.UTC;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.registry.SchemaRegistryServer;
import io.pawline.taskstore.TaskDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code check} finds at a system that is whole, and in each way that it is not. */
class CheckCommandIT {

    private static final String NOWHERE = "127.0.0.1:1";
    private static final String DATABASE = "checked";
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;
    private static SchemaRegistryServer registry;
    private static Admin admin;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void start() throws Exception {
        kafka = TestingServers.emptyKafka();
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        TaskDatabase.migrate(TestingServers.create(DATABASE));
        registry = SchemaRegistryServer.start(TestingServers.dataSource(DATABASE), 0);
    }

    @AfterAll
    static void stop() {
        admin.close();
        registry.close();
    }

    @BeforeEach
    void nameEverything() throws IOException {
        TopicSetup.create(Map.of("bootstrap.servers", kafka.bootstrapServers()), 2, (short) 1);
        Path impatient = Files.writeString(folder.resolve("impatient.properties"), """
                default.api.timeout.ms=3000
                request.timeout.ms=2000
                max.retries=0
                """);
        environment.putAll(Map.of(
                "PAWLINE_KAFKA_CONFIG", impatient.toString(),
                "PAWLINE_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "PAWLINE_SCHEMA_REGISTRY_URL", registry.url(),
                "PAWLINE_DATABASE_URL", TestingServers.url(DATABASE),
                "PAWLINE_DATABASE_USERNAME", "postgres",
                "PAWLINE_DATABASE_PASSWORD", "postgres",
                "PAWLINE_IMAGESTORE_FOLDER",
                        Files.createDirectories(folder.resolve("images")).toString()));
    }

    @Test
    void findsNothingWrongWithASystemThatIsWhole() throws IOException {
        CommandRun check = check();

        assertThat(check.lines()).noneMatch(line -> line.startsWith("FAIL"));
        assertThat(check.lines()).hasSizeGreaterThan(12);
        assertThat(check.exit()).isZero();
        assertThat(folder.resolve("images/pawline-check"))
                .as("what the probe wrote")
                .doesNotExist();
    }

    @Test
    void writesJsonForMachines() {
        CommandRun check = check("--json", "--bootstrap-servers=" + NOWHERE);

        JsonNode document = JsonMapper.shared().readTree(check.out());
        assertThat(document.path("ok").asBoolean(true)).isFalse();
        assertThat(check.exit()).isEqualTo(1);
        JsonNode kafkas = document.path("findings").path(0);
        assertThat(kafkas.path("state").asString()).isEqualTo("FAIL");
        assertThat(kafkas.path("check").asString()).isEqualTo("kafka");
        assertThat(kafkas.path("where").asString()).isEqualTo(NOWHERE);
        assertThat(kafkas.path("what").asString()).contains("does not answer");
        assertThat(kafkas.path("advice").asString()).contains("--bootstrap-servers");
    }

    @Test
    void saysThatKafkaIsAwayAndWhatThereforeNobodyKnows() {
        assertFails(
                check("--bootstrap-servers=" + NOWHERE),
                "FAIL     kafka            " + NOWHERE + ": Kafka at " + NOWHERE + " does not answer",
                "SKIPPED  topics",
                "SKIPPED  replication",
                "OK       registry");
    }

    @Test
    void saysWhichTopicsAreMissingOrHaveOtherPartitions() throws Exception {
        admin.deleteTopics(List.of("pawline.control", "pawline.detect.dlt"))
                .all()
                .get();
        admin.createPartitions(Map.of("pawline.matting", NewPartitions.increaseTo(4)))
                .all()
                .get();

        // A broker hears of its topics after the controller
        await().atMost(LONG)
                .untilAsserted(() -> assertFails(
                        check(),
                        "FAIL     topics           " + kafka.bootstrapServers()
                                + ": 2 of 21 are missing: pawline.control, pawline.detect.dlt; create them: pawline topics",
                        "FAIL     partitions",
                        "not all topics of work have 4",
                        "pawline.detect has 2",
                        "SKIPPED  rights"));

        TopicSetup.create(Map.of("bootstrap.servers", kafka.bootstrapServers()), 4, (short) 1);
        await().atMost(LONG).untilAsserted(() -> assertThat(check().exit()).isZero());
    }

    @Test
    void correctsTheSettingsOfTopicsThatAreThereAndSaysSo() throws Exception {
        Map<String, Object> connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
        alter("pawline.control", new ConfigEntry("segment.ms", "604800000"), AlterConfigOp.OpType.SET);
        alter("pawline.detect", new ConfigEntry("retention.ms", "1000000"), AlterConfigOp.OpType.SET);
        alter("pawline.matting", new ConfigEntry("max.message.bytes", "1000"), AlterConfigOp.OpType.SET);
        alter("pawline.generate", new ConfigEntry("max.message.bytes", "5000000"), AlterConfigOp.OpType.SET);
        List<String> dryRun = CommandRun.of(List.of(
                        "topics",
                        "--dry-run",
                        "--partitions=1",
                        "--replicas=1",
                        "--bootstrap-servers=" + kafka.bootstrapServers()))
                .lines();
        assertThat(dryRun)
                .anyMatch(line -> line.matches("pawline.control is there with 1 partitions,"
                        + " and would have segment.ms=3600000 instead of 604800000"));

        List<String> lines = TopicSetup.create(connection, 1, (short) 1);

        assertThat(lines).filteredOn(line -> line.contains(" instead of ")).hasSize(2);
        assertThat(lines)
                .anyMatch(line -> line.matches(
                        "pawline.control is there with 1 partitions, and has segment.ms=3600000 instead of 604800000"))
                .anyMatch(line -> line.matches("pawline.matting is there with \\d partitions,"
                        + " and has max.message.bytes=1048588 instead of 1000"));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(TopicSetup.create(connection, 1, (short) 1))
                        .noneMatch(line -> line.contains(" instead of ")));
        alter("pawline.detect", new ConfigEntry("retention.ms", null), AlterConfigOp.OpType.DELETE);
        alter("pawline.generate", new ConfigEntry("max.message.bytes", null), AlterConfigOp.OpType.DELETE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pawline.control | cleanup.policy=delete  | pawline.control has cleanup.policy=delete instead of compact
            pawline.detect  | cleanup.policy=compact | pawline.detect has cleanup.policy=compact instead of delete
            pawline.detect  | max.message.bytes=1000 | pawline.detect has max.message.bytes=1000 instead of 1048588
            """)
    void saysWhichSettingOfATopicIsWrong(String topic, String setting, String says) throws Exception {
        List<String> parts = List.of(setting.split("="));
        alter(topic, new ConfigEntry(parts.getFirst(), parts.getLast()), AlterConfigOp.OpType.SET);
        try {
            await().atMost(LONG).untilAsserted(() -> assertFails(check(), "FAIL     topic settings", says));
        } finally {
            if (topic.equals("pawline.control")) {
                alter(topic, new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET);
            } else {
                alter(topic, new ConfigEntry(parts.getFirst(), null), AlterConfigOp.OpType.DELETE);
            }
        }
    }

    @Test
    void saysThatTheRegistryIsAway() {
        assertFails(
                check("--schema-registry=http://" + NOWHERE),
                "FAIL     registry         http://" + NOWHERE + ": schema registry cannot be reached",
                "SKIPPED  compatibility");
        assertFails(check("--schema-registry=" + NOWHERE), "FAIL     registry", "schema.registry.url");
    }

    @Test
    void saysThatSubjectsAreMissingOnlyIfNobodyRegistersThem() throws IOException {
        assertThat(check().out())
                .contains("OK       subjects", "registered when first written: pawline.attempts-value");

        Path config = Files.writeString(folder.resolve("look-up.properties"), "auto.register.schemas=false\n");
        assertFails(check("--kafka-config=" + config), "FAIL     subjects", "missing: pawline.attempts-value");
    }

    @Test
    void saysWhichSubjectsAcceptAnythingOrNotThisVersion() throws Exception {
        registry("PUT", "/config", "{\"compatibility\":\"NONE\"}");
        try {
            assertFails(check(), "FAIL     compatibility", "pawline.detect-value has the level NONE");
        } finally {
            registry("PUT", "/config", "{\"compatibility\":\"BACKWARD\"}");
        }

        registry("POST", "/subjects/pawline.detect-value/versions", "{\"schema\":\"{\\\"type\\\":\\\"string\\\"}\"}");
        registry("PUT", "/config/pawline.detect-value", "{\"compatibility\":\"FULL\"}");
        try {
            assertFails(
                    check(), "FAIL     compatibility", "pawline.detect-value does not take the schema of this version");
        } finally {
            try (Connection connection = TestingServers.dataSource(DATABASE).getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("drop schema if exists schema_registry cascade");
            }
            registry.close();
            registry = SchemaRegistryServer.start(TestingServers.dataSource(DATABASE), 0);
        }
    }

    @Test
    void saysThatTheTablesAreNotUpToDate() throws Exception {
        TestingServers.create("fresh");
        environment.put("PAWLINE_DATABASE_URL", TestingServers.url("fresh"));

        assertFails(
                check(),
                "OK       database",
                "FAIL     tables",
                "lack the migrations 1, 10",
                "SKIPPED  database writes");
        try (Connection connection = TestingServers.dataSource("fresh").getConnection();
                Statement statement = connection.createStatement();
                var tables = statement.executeQuery(
                        "select count(*) from information_schema.tables where table_schema = 'public'")) {
            tables.next();
            assertThat(tables.getInt(1)).as("check changes nothing").isZero();
        }
    }

    @Test
    void saysThatTheDatabaseCannotBeWritten() throws Exception {
        sql(alterDatabase("set default_transaction_read_only = on"));
        try {
            assertFails(check(), "FAIL     database writes", "transactions are read-only");
        } finally {
            sql(
                    "set session characteristics as transaction read write",
                    alterDatabase("reset default_transaction_read_only"));
        }

        sql("create user reader", "grant select on all tables in schema public to reader");
        environment.put("PAWLINE_DATABASE_USERNAME", "reader");
        environment.put("PAWLINE_DATABASE_URL", TestingServers.url(DATABASE).replaceAll("user=\\w+", "user=reader"));
        assertFails(check(), "FAIL     database writes", "the user may not insert and update tasks");
    }

    @Test
    void saysThatTheDatabaseIsAwayOrHalfNamed() {
        assertFails(
                check("--database-url=jdbc:postgresql://" + NOWHERE + "/pawline?password=secret"),
                "FAIL     database         jdbc:postgresql://" + NOWHERE + "/pawline: Connection to " + NOWHERE
                        + " refused",
                "SKIPPED  tables");

        environment.remove("PAWLINE_DATABASE_PASSWORD");
        assertFails(check(), "FAIL     database", "there must be --database-username, and the password");
    }

    @Test
    void saysThatImagesCannotBeKept() throws IOException {
        assertFails(check("--image-folder=" + folder.resolve("none")), "FAIL     images", "there is no such folder");

        Path readOnly = Files.createDirectories(folder.resolve("read-only"));
        Files.writeString(readOnly.resolve(".incoming"), "where the store wants a folder");
        assertFails(check("--image-folder=" + readOnly), "FAIL     images", "the image folder", "cannot be made");

        environment.put("PAWLINE_IMAGESTORE_S3_ACCESSKEY", "AKIA1");
        environment.put("PAWLINE_IMAGESTORE_S3_SECRETKEY", "the-secret");
        CommandRun s3 = check("--s3-bucket=pets", "--s3-endpoint=http://" + NOWHERE);
        assertFails(s3, "FAIL     images           bucket pets at http://" + NOWHERE, "could not be written");
        assertThat(s3.out()).doesNotContain("the-secret");
    }

    @Test
    void saysThatAClockIsWrongAndTheKeyIsRefused() throws IOException {
        try (MockWebServer ops = new MockWebServer()) {
            ops.start();
            ops.enqueue(ops(200, Instant.now()));
            ops.enqueue(ops(200, Instant.now().minus(Duration.ofHours(8))));
            ops.enqueue(ops(401, Instant.now()));
            ops.enqueue(ops(401, Instant.now()));
            ops.enqueue(ops(503, Instant.now()));
            String url = "--ops-url=" + ops.url("/");

            assertThat(check(url).out()).contains("OK       ops-service");
            assertFails(check(url), "OK       ops-service", "FAIL     clock", "let NTP set both clocks");
            assertThat(check(url).out()).contains("SKIPPED  ops-service", "asks for an API key");
            environment.put("PAWLINE_KEY", "pwk_1");
            assertFails(check(url), "FAIL     ops-service", "refuses the API key (401)");
            assertFails(check(url), "FAIL     ops-service", "answers 503");
        }
        assertFails(check("--ops-url=http://" + NOWHERE), "FAIL     ops-service");
    }

    private CommandRun check(String... options) {
        List<String> line = new ArrayList<>(List.of("check", "--data-dir=" + folder));
        line.addAll(List.of(options));
        return CommandRun.of(environment, line);
    }

    private static void assertFails(CommandRun check, String... says) {
        assertThat(check.err()).isEmpty();
        assertThat(check.out()).contains(says);
        assertThat(check.exit()).isEqualTo(1);
    }

    private static MockResponse ops(int status, Instant date) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Date", RFC_1123_DATE_TIME.format(date.atOffset(UTC)))
                .build();
    }

    private static void alter(String topic, ConfigEntry entry, AlterConfigOp.OpType how)
            throws ExecutionException, InterruptedException {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(new AlterConfigOp(entry, how))))
                .all()
                .get();
    }

    private static void registry(String method, String path, String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            int status = client.send(
                            HttpRequest.newBuilder(URI.create(registry.url() + path))
                                    .method(method, BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
            assertThat(status).isEqualTo(200);
        }
    }

    private static String alterDatabase(String change) {
        return "do $$ begin execute format('alter database %I " + change + "', current_database()); end $$";
    }

    private static void sql(String... statements) throws Exception {
        try (Connection connection = TestingServers.dataSource(DATABASE).getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
