package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.kafka.PrivateAuthority;
import io.pawline.kafka.SecuredKafka;
import io.pawline.registry.SchemaRegistryServer;
import io.pawline.registry.SecuredRegistry;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands at a system as they stand in clusters: brokers with TLS and SCRAM, rights, a registry with TLS and a
 * login.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecuredSystemIT {

    private static final String REGISTRY_LOGIN = "operator:registry-secret";
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private static Path folder;

    private static PrivateAuthority authority;
    private static SecuredKafka kafka;
    private static SchemaRegistryServer plainRegistry;
    private static SecuredRegistry registry;

    @BeforeAll
    static void start() throws Exception {
        authority = PrivateAuthority.in(folder);
        kafka = SecuredKafka.start(folder.resolve("kafka"), authority);
        kafka.add(
                "operator",
                Stream.of(
                                AclOperation.CREATE,
                                AclOperation.ALTER,
                                AclOperation.DESCRIBE,
                                AclOperation.DESCRIBE_CONFIGS,
                                AclOperation.READ,
                                AclOperation.WRITE)
                        .map(operation -> mayWithTopics("operator", operation))
                        .toList());
        kafka.add(
                "stage",
                List.of(
                        mayWithTopics("stage", AclOperation.DESCRIBE),
                        maySeeGroup("stage", Stage.CALLBACK.consumerGroup())));
        DatabaseProperties own = TestingServers.create("secured");
        plainRegistry = SchemaRegistryServer.start(TestingServers.dataSource("secured"), 0);
        registry = new SecuredRegistry(plainRegistry.url(), authority.server(), REGISTRY_LOGIN);
        TaskDatabase.migrate(own);
    }

    @AfterAll
    static void stop() throws IOException {
        registry.close();
        plainRegistry.close();
        kafka.close();
    }

    @Test
    @Order(1)
    void createsTheTopicsAndSaysSoInALineEach() throws IOException {
        CommandRun created = at("operator", "topics", "--partitions=2", "--replicas=1");

        assertThat(created.err()).isEmpty();
        assertThat(created.lines())
                .hasSize(Topics.all(2, (short) 1).size())
                .contains("pawline.detect is created with 2 partitions, 1 copies of each");
        assertThat(at("operator", "topics", "--partitions=3", "--replicas=1").lines())
                .contains(
                        "pawline.detect now has 3 partitions instead of 2",
                        "pawline.control is there with 1 partitions");
        // A broker hears of its new partitions after the controller
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(at("operator", "topics", "--partitions=2", "--replicas=1")
                                .lines())
                        .contains("pawline.detect is there with 3 partitions"));
    }

    @Test
    @Order(2)
    void pausesAStageAndShowsIt() throws IOException {
        CommandRun paused = at("operator", "control", "pause", "generate", "--why=practice", "--by=ann");
        assertThat(paused).isEqualTo(new CommandRun(0, "generate is paused" + System.lineSeparator(), ""));

        CommandRun shown = at("operator", "control", "show");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.lines()).last().asString().matches("stage:generate +pause +- +ann +practice +\\S+Z");
    }

    @Test
    @Order(3)
    void everyCheckIsOk() throws IOException {
        CommandRun check;
        // Named, for at its usual address a local stack may run on this machine
        try (MockWebServer ops = new MockWebServer()) {
            ops.enqueue(new MockResponse.Builder().code(200).build());
            ops.start();
            check = at("operator", "check", "--ops-url=" + ops.url("/"));
        }

        assertThat(check.lines()).allMatch(line -> line.startsWith("OK"));
        assertThat(check.exit()).isZero();
        assertThat(check.out())
                .contains("brokers: 1, metadata.version", "all 21 are there", "3 for each topic of work")
                .contains("this user may read and write pawline.control")
                .contains("of the topics this user may read all and write all, of the groups see none")
                .contains("OK       database writes", "OK       images", "OK       clock")
                .doesNotContain("secret", "sslmode");
    }

    @Test
    @Order(3)
    void saysWhichRightsAUserLacks() throws IOException {
        CommandRun check = at("stage", "check");

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.out())
                .contains("this user lacks READ and WRITE on pawline.control")
                .contains("may read none and write none")
                .contains("of the groups see all but pawline.callback.final-states, pawline.detect, ")
                .contains("SKIPPED  topic settings")
                .contains("give the user the right DescribeConfigs");
    }

    @Test
    void saysThatTheLoginIsWrong() throws IOException {
        Path wrong = config("operator", "wrong");
        CommandRun topics = CommandRun.of(List.of("topics", "--kafka-config", wrong.toString()));
        assertThat(topics.exit()).isEqualTo(1);
        assertThat(topics.err()).startsWith("pawline: Kafka at 127.0.0.1:").contains("refuses the login");

        assertThat(CommandRun.of(List.of("check", "--kafka-config", wrong.toString()))
                        .out())
                .contains("FAIL     kafka", "refuses the login");
    }

    @Test
    void saysThatTheRegistryWantsAnotherAuthorityOrLogin() throws IOException {
        Map<String, String> environment = environment();
        environment.remove("PAWLINE_SCHEMA_REGISTRY_CA");
        assertThat(at(environment, "operator", "control", "pause", "detect", "--why=x")
                        .err())
                .contains("schema registry cannot be reached", "unable to find valid certification path");

        environment = environment();
        environment.put("PAWLINE_SCHEMA_REGISTRY_USER_INFO", "operator:wrong");
        assertThat(at(environment, "operator", "check").out())
                .contains("FAIL     registry", "401 to GET " + registry.url());
    }

    private static CommandRun at(String user, String... command) throws IOException {
        return at(environment(), user, command);
    }

    private static CommandRun at(Map<String, String> environment, String user, String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(List.of(
                "--kafka-config", config(user, SecuredKafka.password(user)).toString()));
        return CommandRun.of(environment, line);
    }

    private static Map<String, String> environment() throws IOException {
        return new HashMap<>(Map.of(
                "PAWLINE_SCHEMA_REGISTRY_URL", registry.url(),
                "PAWLINE_SCHEMA_REGISTRY_CA", authority.certificate().toString(),
                "PAWLINE_SCHEMA_REGISTRY_USER_INFO", REGISTRY_LOGIN,
                "PAWLINE_DATABASE_URL", databaseUrl(),
                "PAWLINE_DATABASE_USERNAME", "postgres",
                "PAWLINE_DATABASE_PASSWORD_FILE",
                        Files.writeString(folder.resolve("password"), "postgres\n")
                                .toString(),
                "PAWLINE_IMAGESTORE_FOLDER",
                        Files.createDirectories(folder.resolve("images")).toString()));
    }

    private static String databaseUrl() {
        return TestingServers.url("secured") + "&sslmode=prefer";
    }

    private static Path config(String user, String password) throws IOException {
        List<String> lines = new ArrayList<>();
        kafka.connectionWith(user, password).forEach((key, value) -> lines.add(key + "=" + value));
        return Files.write(folder.resolve(user + ".properties"), lines);
    }

    private static AclBinding maySeeGroup(String user, String group) {
        return new AclBinding(
                new ResourcePattern(ResourceType.GROUP, group, PatternType.LITERAL),
                new AccessControlEntry("User:" + user, "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
    }

    private static AclBinding mayWithTopics(String user, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "pawline.", PatternType.PREFIXED),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }
}
