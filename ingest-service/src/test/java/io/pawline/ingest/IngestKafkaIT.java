package io.pawline.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.events.ControlAction;
import io.pawline.events.ControlCommand;
import io.pawline.events.Ending;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.ingest.cancel.TaskCancel;
import io.pawline.ingest.relay.TaskAcceptedPublisher;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.TopicSettingChanges;
import io.pawline.schemas.Topics;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingSerde;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class IngestKafkaIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicPartition DETECT = new TopicPartition(Stage.DETECT.workTopic(), 0);

    @TempDir
    Path folder;

    @Test
    void keepsAcceptedTasksWithoutKafkaAndCatchesUpInOrder() throws InterruptedException, ExecutionException {
        int port;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of())) {
            port = Integer.parseInt(kafka.bootstrapServers().split(":", -1)[1]);
            createTopics(kafka.bootstrapServers());
        }
        try (TestingPostgres postgres = TestingPostgres.shared();
                TestingIngest ingest = ingest(postgres, "127.0.0.1:" + port)) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ids.add(submit(ingest));
            }
            assertThat(waiting(ingest)).isEqualTo(20);
            String unwanted = ids.removeLast();
            cancel(ingest, unwanted);
            try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), port, Map.of())) {
                await().atMost(PATIENCE).until(() -> waiting(ingest) == 0);
                String late = submit(ingest);
                ids.add(late);
                await().atMost(PATIENCE).until(() -> waiting(ingest) == 0);
                List<ConsumerRecord<String, SpecificRecord>> records = records(kafka.bootstrapServers(), DETECT);
                // A batch whose acknowledgement got lost comes again. The first records of the ids are in order.
                assertThat(records.stream().map(ConsumerRecord::key).distinct().toList())
                        .isEqualTo(ids);
                assertThat(records.getLast().value()).isInstanceOfSatisfying(TaskAccepted.class, event -> {
                    assertThat(event.getContext().getTaskId()).isEqualTo(late);
                    assertThat(event.getContext().getStyle()).isEqualTo("ink");
                    assertThat(event.getContext().getGeneration()).isEqualTo(1);
                    assertThat(event.getContext().getPriority()).isEqualTo("interactive");
                    assertThat(event.getContext().getDeadline()).isEqualTo(deadline(ingest, late));
                    assertThat(event.getPhoto().getUrl()).contains("https://photos.example/cat.jpg");
                });
                assertThat(cancelledTasks(kafka.bootstrapServers())).containsExactly(unwanted);
                cancel(ingest, late);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(cancelled(kafka.bootstrapServers()))
                                .containsExactlyInAnyOrder("task:" + unwanted, "task:" + late));
                withdrawsObsoleteCancellations(ingest, kafka.bootstrapServers(), unwanted);
                noteStages(ingest, kafka.bootstrapServers(), ids.getFirst(), TaskId.parse(ids.get(1)));
                comesBackUnderItsName(kafka.bootstrapServers());
                keepsTheOrderOfWhatIsGivenUp(ingest, kafka.bootstrapServers());
            }
        }
    }

    /** The compacted topic keeps the newest record of each key. For a task that is long over, this is a tombstone. */
    private static void withdrawsObsoleteCancellations(TestingIngest ingest, String bootstrap, String id) {
        ingest.bean(TaskDatabase.class)
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update task set deadline = now() - interval '61 minutes' where id = cast(? as uuid)", id));
        ingest.bean(TaskCancel.class).withdrawAll();
        List<ConsumerRecord<String, SpecificRecord>> published =
                records(bootstrap, new TopicPartition(Topics.CONTROL, 0));
        assertThat(published.getLast().key()).isEqualTo("task:" + id);
        assertThat(published.stream().filter(record -> record.value() == null)).hasSize(1);
    }

    /** The topic takes nothing until the producer has given up the first task, and takes everything after that. */
    private static void keepsTheOrderOfWhatIsGivenUp(TestingIngest ingest, String bootstrap)
            throws InterruptedException, ExecutionException {
        List<Task> tasks = Stream.generate(TestingTasks::submission)
                .map(submission -> new Task(submission, 1, null, new Delivery(null, 0, null, null, null, null)))
                .limit(4)
                .toList();
        TaskAcceptedPublisher publisher = ingest.bean(TaskAcceptedPublisher.class);
        requireReplicas(bootstrap, 2);
        List<Task> slow = new AbstractList<>() {
            @Override
            public Task get(int index) {
                try {
                    // The delivery time-out is 1 s: the first is given up before the third is sent, the second is not.
                    TimeUnit.MILLISECONDS.sleep(index == 0 ? 0 : 650);
                    requireReplicas(bootstrap, index < 2 ? 2 : 1);
                } catch (InterruptedException | ExecutionException e) {
                    throw new AssertionError(e);
                }
                return tasks.get(index);
            }

            @Override
            public int size() {
                return tasks.size();
            }
        };
        List<TaskId> ids = tasks.stream().map(Task::id).toList();
        List<TaskId> arrived = new ArrayList<>(publisher.take(slow).arrived());
        assertThat(arrived).isEqualTo(ids.subList(0, arrived.size()));
        requireReplicas(bootstrap, 1);
        arrived.addAll(
                publisher.take(tasks.subList(arrived.size(), tasks.size())).arrived());
        assertThat(arrived).isEqualTo(ids);
        Set<String> them = ids.stream().map(TaskId::toString).collect(Collectors.toSet());
        assertThat(records(bootstrap, DETECT).stream()
                        .map(ConsumerRecord::key)
                        .filter(them::contains)
                        .distinct())
                .containsExactlyElementsOf(ids.stream().map(TaskId::toString).toList());
    }

    private static void requireReplicas(String bootstrap, int least) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.incrementalAlterConfigs(TopicSettingChanges.operations(List.of(new TopicSettingChanges.Change(
                            DETECT.topic(), "min.insync.replicas", "", Integer.toString(least)))))
                    .all()
                    .get();
        }
    }

    /** A process that was killed takes its partitions back at once, and does not wait until its session is over. */
    private static void comesBackUnderItsName(String bootstrap) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var groups = admin.describeConsumerGroups(List.of("pawline.ingest.progress"))
                    .all()
                    .get();
            assertThat(groups.values().stream().flatMap(group -> group.members().stream()))
                    .singleElement()
                    .satisfies(member -> assertThat(member.groupInstanceId()).contains("ingest-1-0"));
        }
    }

    private static void noteStages(TestingIngest ingest, String bootstrap, String id, TaskId other) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (byte[] value : List.of(
                    "garbage".getBytes(UTF_8),
                    described("no id", 1),
                    described(other.toString(), 2),
                    described(id, 1))) {
                var _ = producer.send(new ProducerRecord<>(Stage.GENERATE.workTopic(), 0, id, value));
            }
            producer.flush();
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode task = ingest.get("/v1/tasks/" + id).json();
            assertThat(task.get("stage").asString()).isEqualTo("generate");
        });
        ProgressDao progress = ingest.bean(ProgressDao.class);
        assertThat(progress.of(other, 2)).map(StageReached::stage).containsExactly(Stage.GENERATE);
        assertThat(progress.of(other, 1)).isEmpty();
    }

    private static byte[] described(String id, int generation) {
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(id)
                .setTenant("default")
                .setStyle("ink")
                .setSubmittedAt(Instant.EPOCH)
                .setDeadline(Instant.EPOCH)
                .setGeneration(generation)
                .build();
        try (var serializer = new TestingSerde.ToBytes()) {
            return serializer.serialize(Stage.GENERATE.workTopic(), new PetDescribed(context, "a cat", null));
        }
    }

    private TestingIngest ingest(TestingPostgres postgres, String bootstrap) {
        return new TestingIngest(
                postgres,
                folder.resolve("images"),
                "--spring.kafka.bootstrap-servers=" + bootstrap,
                "--pawline.instance-id=ingest-1",
                "--pawline.ingest.collapse-window=0s",
                "--spring.kafka.producer.value-serializer=" + TestingSerde.ToBytes.class.getName(),
                "--spring.kafka.consumer.value-deserializer=" + TestingSerde.FromBytes.class.getName());
    }

    private static String submit(TestingIngest ingest) {
        TestingIngest.Answer answer =
                ingest.post("{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"}");
        assertThat(answer.status()).isEqualTo(202);
        return answer.json().get("task_id").asString();
    }

    private static Instant deadline(TestingIngest ingest, String id) {
        return ingest.bean(TaskDao.class)
                .find(TaskId.parse(id))
                .orElseThrow()
                .submission()
                .deadline();
    }

    /** Cancels a task, and tries again while the relay holds the lock of its row. */
    private static void cancel(TestingIngest ingest, String id) {
        await().atMost(PATIENCE)
                .until(() -> ingest.call("POST", "/v1/tasks/" + id + "/cancel").status() == 200);
    }

    private static Set<String> cancelledTasks(String bootstrap) {
        return records(bootstrap, new TopicPartition(Stage.CALLBACK.workTopic(), 0)).stream()
                .filter(record -> record.value() instanceof TaskFinished finished
                        && finished.getEnding() == Ending.CANCELLED
                        && finished.getReason().orElse("").equals("cancelled"))
                .map(ConsumerRecord::key)
                .collect(Collectors.toSet());
    }

    private static Set<String> cancelled(String bootstrap) {
        return records(bootstrap, new TopicPartition(Topics.CONTROL, 0)).stream()
                .filter(record ->
                        record.value() instanceof ControlCommand command && command.getAction() == ControlAction.CANCEL)
                .map(ConsumerRecord::key)
                .collect(Collectors.toSet());
    }

    private static long waiting(TestingIngest ingest) {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from task where relayed_at is null")
                        .mapTo(Long.class)
                        .one());
    }

    private static void createTopics(String bootstrap) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(Topics.all(1, (short) 1)).all().get();
        }
    }

    private static List<ConsumerRecord<String, SpecificRecord>> records(String bootstrap, TopicPartition partition) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new StringDeserializer(),
                new TestingSerde.FromBytes())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            List<ConsumerRecord<String, SpecificRecord>> records = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }
}
