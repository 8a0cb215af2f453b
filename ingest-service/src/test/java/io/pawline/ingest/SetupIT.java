package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TopicSettingChanges;
import io.pawline.schemas.Topics;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupIT {

    private static TestingPostgres postgres;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void makesTheTablesOfAllServicesAndNoTopicsByDefault() {
        DatabaseProperties database = postgres.create("tables");

        // No broker is there, so the setup would fail if it needed one
        setup(database, "127.0.0.1:1");

        DatabaseProperties checking =
                new DatabaseProperties(database.url(), database.username(), database.password(), 1, false);
        try (TaskDatabase opened = TaskDatabase.open(checking, List.of("ops"))) {
            assertThat(opened.answers()).isTrue();
        }
    }

    @Test
    void createsAndWidensTopicsButNeverShrinksThem() throws InterruptedException, ExecutionException {
        DatabaseProperties database = postgres.create("topics");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of())) {
            Set<String> all = Set.copyOf(
                    Topics.all(1, (short) 1).stream().map(NewTopic::name).toList());

            setup(database, kafka.bootstrapServers(), "--pawline.setup.partitions=2", "--pawline.setup.replicas=1");
            // A broker learns a moment after the controller what was created and changed
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(partitions(kafka, all))
                            .hasSize(all.size())
                            .containsEntry(Stage.DETECT.workTopic(), 2));

            alter(kafka, Topics.CONTROL, "segment.ms", "604800000");
            await().untilAsserted(() ->
                    assertThat(setting(kafka, Topics.CONTROL, "segment.ms")).isEqualTo("604800000"));
            setup(database, kafka.bootstrapServers(), "--pawline.setup.partitions=3", "--pawline.setup.replicas=1");
            await().untilAsserted(() ->
                    assertThat(setting(kafka, Topics.CONTROL, "segment.ms")).isEqualTo("3600000"));
            await().untilAsserted(() -> assertThat(partitions(kafka, all))
                    .containsEntry(Stage.DETECT.workTopic(), 3)
                    .containsEntry(Topics.CONTROL, 1));

            setup(database, kafka.bootstrapServers(), "--pawline.setup.partitions=1", "--pawline.setup.replicas=1");
            assertThat(partitions(kafka, all)).containsEntry(Stage.DETECT.workTopic(), 3);
        }
    }

    @Test
    void failsWhenTheDatabaseIsNotThere() {
        DatabaseProperties nowhere = new DatabaseProperties("jdbc:postgresql://127.0.0.1:1/x", "u", "p", 1, true);

        assertThatThrownBy(() -> setup(nowhere, "127.0.0.1:1")).hasStackTraceContaining("127.0.0.1:1");
    }

    private static void setup(DatabaseProperties database, String kafka, String... more) {
        List<String> arguments = List.of(
                SetupApplication.ARGUMENT,
                "--pawline.database.url=" + database.url(),
                "--pawline.database.username=" + database.username(),
                "--pawline.database.password=" + database.password(),
                "--spring.kafka.bootstrap-servers=" + kafka);
        IngestApplication.main(
                Stream.concat(arguments.stream(), Arrays.stream(more)).toArray(String[]::new));
    }

    private static void alter(EmbeddedKafka kafka, String topic, String name, String value)
            throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.incrementalAlterConfigs(TopicSettingChanges.operations(
                            List.of(new TopicSettingChanges.Change(topic, name, "", value))))
                    .all()
                    .get();
        }
    }

    private static String setting(EmbeddedKafka kafka, String topic, String name)
            throws InterruptedException, ExecutionException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Config config = Objects.requireNonNull(
                    admin.describeConfigs(Set.of(resource)).all().get().get(resource));
            return Objects.requireNonNull(config.get(name)).value();
        }
    }

    private static Map<String, Integer> partitions(EmbeddedKafka kafka, Set<String> topics)
            throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.describeTopics(topics).allTopicNames().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            topic -> topic.getValue().partitions().size()));
        }
    }
}
