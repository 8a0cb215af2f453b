package io.pawline.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.controls.ControlPublisher;
import io.pawline.events.ImageRef;
import io.pawline.events.TaskAccepted;
import io.pawline.local.Ports;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.AvroSerializer;
import io.pawline.testkit.ProjectFiles;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TopicReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a whole installation whose names in Kafka have a prefix. Beside it, on the same brokers, runs a stage of another
 * one, whose names have none, as those of this test.
 */
class PrefixedTopicsIT {

    private static final String PREFIX = "staging-";
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void installationsOnOneClusterLeaveEachOtherAlone(@TempDir Path folder) throws Exception {
        Ports ports = Ports.anyFree();
        Path data = folder.resolve("data");
        List<String> command = List.of(
                "env",
                "PAWLINE_TOPIC_PREFIX=" + PREFIX,
                ProjectFiles.launcher().toString(),
                "up",
                "--data-dir=" + data,
                "--ports=" + ports.ingest());
        byte[] photo = Files.readAllBytes(ProjectFiles.samplePhoto());
        try (ServiceProcess up = ServiceProcess.start(folder.resolve("up.log"), command)) {
            await().atMost(Duration.ofMinutes(2)).until(() -> {
                assertThat(up.alive()).as(up.output()).isTrue();
                return up.output().contains("ready");
            });
            LocalSettingsFile local = LocalSettingsFile.in(data);
            try (Admin admin = Admin.create(local.kafka());
                    TestingFrontEnd frontEnd = new TestingFrontEnd(ports.ingest(), local.webhookSecret())) {
                String first = frontEnd.submit(photo, "watercolor");
                awaitCallback(frontEnd, first);
                await().atMost(LONG)
                        .untilAsserted(() -> assertThat(groups(admin)).containsAll(prefixedGroups()));
                assertThat(Stream.of(
                                admin.listTopics().names().get(), groups(admin), transactions(admin), subjects(local)))
                        .allSatisfy(names ->
                                assertThat(names).isNotEmpty().allMatch(name -> name.startsWith(PREFIX + "pawline.")));

                admin.createTopics(Topics.all(1, (short) 1)).all().get();
                String theirs = work(local);
                try (ServiceProcess _ = detect(folder, data);
                        TopicReader finalStates =
                                new TopicReader(local.kafka(), Stage.CALLBACK.workTopic(), "read_committed")) {
                    String second = frontEnd.submit(photo, "sketch");
                    awaitCallback(frontEnd, second);
                    finalStates.awaitTasks(Set.of(theirs));

                    assertThat(finalStates.keys()).containsExactly(theirs);
                    assertThat(keys(local, Stage.DETECT.deadLetterTopic())).containsExactly(theirs);
                    assertThat(keys(local, Stage.GENERATE.workTopic())).isEmpty();
                    assertThat(keys(local, PREFIX + Stage.CALLBACK.workTopic()))
                            .containsExactlyInAnyOrder(first, second);
                    assertThat(keys(local, PREFIX + Stage.DETECT.deadLetterTopic()))
                            .isEmpty();
                    assertThat(frontEnd.tasksCalledBack()).isEqualTo(2);
                    assertThat(groups(admin).stream().filter(group -> !group.startsWith(PREFIX)))
                            .containsExactly(Stage.DETECT.consumerGroup());
                    assertThat(transactions(admin).stream().filter(id -> !id.startsWith(PREFIX)))
                            .containsExactly(Stage.DETECT.consumerGroup() + "-other");
                }
            }
        }
    }

    @Test
    void aWrongPrefixIsSaidInOneLineBeforeAnythingStarts(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        List<String> command = List.of(
                "env", "PAWLINE_TOPIC_PREFIX=Staging", ProjectFiles.launcher().toString(), "up", "--data-dir=" + data);
        try (ServiceProcess up = ServiceProcess.start(folder.resolve("up.log"), command)) {
            await().atMost(LONG).until(() -> !up.alive());

            assertThat(up.output().strip())
                    .startsWith("pawline: pawline.topic-prefix (PAWLINE_TOPIC_PREFIX) must have lower-case letters")
                    .endsWith("it was 'Staging'");
            assertThat(data).doesNotExist();
        }
    }

    private static void awaitCallback(TestingFrontEnd frontEnd, String task) {
        await().atMost(LONG).until(() -> !frontEnd.callbacks(task).isEmpty());
    }

    /** Gives the other installation a task that fails at once, and pauses its next stage. Returns the task. */
    private static String work(LocalSettingsFile local) throws ExecutionException, InterruptedException {
        TaskId task = TaskId.next();
        TaskAccepted event = TaskAccepted.newBuilder(TestingEvents.accepted(task, "oil", Duration.ofHours(1)))
                .setPhoto(ImageRef.newBuilder()
                        .setUrl("http://127.0.0.1:9/cat.png")
                        .build())
                .build();
        try (AvroSerializer serializer = new AvroSerializer();
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(local.kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            serializer.configure(Map.of("schema.registry.url", registry(local)), false);
            String topic = Stage.DETECT.workTopic();
            producer.send(new ProducerRecord<>(
                            topic, task.toString().getBytes(UTF_8), serializer.serialize(topic, event)))
                    .get();
            try (ControlPublisher controls =
                    new ControlPublisher(local.kafka(), serializer, Clock.systemUTC(), Duration.ofSeconds(10))) {
                controls.pause(Stage.GENERATE, "the other installation", "a test");
            }
        }
        return task.toString();
    }

    private static ServiceProcess detect(Path folder, Path data) throws IOException {
        return ServiceProcess.packed(
                "detect",
                folder.resolve("other.log"),
                List.of(
                        "--spring.config.additional-location=file:" + data.resolve("local.properties"),
                        "--pawline.detect.port=" + Ports.anyFree().ingest(),
                        "--pawline.detect.stage.max-attempts=1",
                        "--pawline.instance-id=other"));
    }

    private static List<String> keys(LocalSettingsFile local, String topic) {
        try (TopicReader reader = new TopicReader(local.kafka(), topic, "read_committed")) {
            return reader.keys();
        }
    }

    private static List<String> prefixedGroups() {
        return Stream.concat(
                        Arrays.stream(Stage.values()).map(Stage::consumerGroup),
                        Stream.of(
                                Topics.FINAL_STATES_GROUP,
                                Topics.PROGRESS_GROUP,
                                Topics.BUDGET_GROUP,
                                Topics.LEDGER_GROUP,
                                Topics.DEAD_LETTERS_GROUP,
                                Topics.LIVE_TABLES_GROUP,
                                Topics.LIVE_COUNT))
                .map(group -> PREFIX + group)
                .toList();
    }

    private static Set<String> groups(Admin admin) throws ExecutionException, InterruptedException {
        Set<String> groups = new TreeSet<>();
        admin.listGroups().all().get().stream().map(GroupListing::groupId).forEach(groups::add);
        return groups;
    }

    private static Set<String> transactions(Admin admin) throws ExecutionException, InterruptedException {
        Set<String> ids = new TreeSet<>();
        admin.listTransactions().all().get().stream()
                .map(TransactionListing::transactionalId)
                .forEach(ids::add);
        return ids;
    }

    private static Set<String> subjects(LocalSettingsFile local) throws IOException {
        Request request =
                new Request.Builder().url(registry(local) + "/subjects").build();
        try (Response answer = new OkHttpClient().newCall(request).execute()) {
            Set<String> subjects = new TreeSet<>();
            JsonMapper.shared().readTree(answer.body().string()).forEach(subject -> subjects.add(subject.asString()));
            return subjects;
        }
    }

    private static String registry(LocalSettingsFile local) {
        return local.get("spring.kafka.properties.schema.registry.url");
    }
}
