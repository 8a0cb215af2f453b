package io.pawline.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.CallPhase;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.stage.Attempt;
import io.pawline.stage.KafkaClients;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import io.pawline.stage.StageRuntime;
import io.pawline.stage.StageSpec;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TopicReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rights that the chart gives to each user, at a broker that asks for them. */
class UsersRightsIT {

    private static final String ADMIN = "admin";
    private static final Map<String, Object> STRIMZI = Map.of(
            "kafka.users.manage", "strimzi",
            "kafka.strimzi.cluster", "main",
            "kafka.security.protocol", "SASL_PLAINTEXT");

    @TempDir
    private static Path folder;

    private static EmbeddedKafka broker;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        String users = Stream.concat(
                        Stream.of(ADMIN), Arrays.stream(Component.values()).map(Component::code))
                .map(name -> "user_%s=\"%s\"".formatted(name, name))
                .collect(Collectors.joining(" "));
        broker = EmbeddedKafka.start(
                folder,
                0,
                Map.of(
                        "listener.security.protocol.map", "CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "sasl.enabled.mechanisms", "PLAIN",
                        "sasl.mechanism.inter.broker.protocol", "PLAIN",
                        "listener.name.client.plain.sasl.jaas.config", jaas(ADMIN, users),
                        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        // The controller's own connection has no user
                        "super.users", "User:admin;User:ANONYMOUS"));
        admin = Admin.create(connection(ADMIN));
        admin.createTopics(Topics.all(2, (short) 1)).all().get();
        Set<AclBinding> bindings = Arrays.stream(Component.values())
                .flatMap(UsersRightsIT::bindings)
                .collect(Collectors.toSet());
        admin.createAcls(bindings).all().get();
        // The controller answers before the broker knows the topics and the rights
        await().until(() -> Set.copyOf(
                        admin.describeAcls(AclBindingFilter.ANY).values().get())
                .equals(bindings));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @ParameterizedTest
    @EnumSource
    void theBrokerLetsAUserReadAndWriteTheTopicsOfItsWorkAndNoOthers(Component component) throws Exception {
        Set<String> readable = new TreeSet<>();
        Set<String> writable = new TreeSet<>();
        try (Admin user = Admin.create(connection(component.code()))) {
            var asked = user.describeTopics(
                            Topics.all(2, (short) 1).stream()
                                    .map(NewTopic::name)
                                    .toList(),
                            new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .topicNameValues();
            for (var topic : asked.entrySet()) {
                Set<AclOperation> allowed = allowed(topic.getValue());
                if (allowed.contains(AclOperation.READ)) {
                    readable.add(topic.getKey());
                }
                if (allowed.contains(AclOperation.WRITE)) {
                    writable.add(topic.getKey());
                }
                assertThat(allowed)
                        .as(topic.getKey())
                        .isSubsetOf(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE);
            }
        }

        assertThat(readable).isEqualTo(existing(KafkaTest.reads(component)));
        assertThat(writable).isEqualTo(existing(KafkaTest.writes(component)));
    }

    @ParameterizedTest
    @EnumSource
    void aUserIsRefusedElsewhere(Component component) {
        String forbidden = component == Component.DETECT ? "pawline.matting" : "pawline.detect.retry";
        String otherGroup = component == Component.DETECT ? "pawline.matting" : "pawline.detect";
        try (var producer = producer(component.code(), Map.of());
                var consumer = consumer(component.code(), otherGroup)) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(forbidden, new byte[1]))
                            .get())
                    .rootCause()
                    .isInstanceOf(TopicAuthorizationException.class);
            consumer.subscribe(KafkaTest.reads(component).stream()
                    .filter(topic -> !topic.equals(KafkaTest.OF_THE_REPORT))
                    .limit(1)
                    .toList());
            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30)))
                    .isInstanceOf(GroupAuthorizationException.class);
        }
    }

    /** Runs the runtime itself: work, a retry, a dead letter, calls in the ledger, and a published cool-down. */
    @ParameterizedTest
    @EnumSource(Stage.class)
    void aStageDoesAllItsWorkWithTheRightsOfItsUser(Stage stage) throws Exception {
        int controlBefore = records(Topics.CONTROL).size();
        TaskId good = TaskId.next();
        TaskId bad = TaskId.next();
        try (StageRuntime<TaskAccepted> runtime = new StageRuntime<>(
                new StageSpec<>(
                        stage,
                        TaskAccepted.class,
                        TaskAccepted::getContext,
                        new StagePolicies(
                                4,
                                Duration.ofSeconds(20),
                                Duration.ofMillis(10),
                                0.25,
                                new RetryPolicy(3, Duration.ofHours(1), Duration.ofMillis(50), Duration.ofMillis(200))),
                        Optional.of(new ProviderPolicies("provider", true, Optional.empty(), 0, 0))),
                (task, attempt) -> handle(stage, task, attempt),
                new KafkaClients(connection(stage.code()), "one"),
                TestingEvents.format(),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                new Random(1))) {
            runtime.start();
            try (var sender = producer(ADMIN, Map.of())) {
                sender.send(record(stage, good, "good")).get();
                sender.send(record(stage, bad, "bad")).get();
                // So many refusals close the provider for all processes, which a control says
                for (int i = 0; i < 4; i++) {
                    sender.send(record(stage, TaskId.next(), "good")).get();
                }
            }

            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                if (!stage.notifiesReceivers()) {
                    assertThat(keys(after(stage).workTopic())).contains(good.toString());
                    assertThat(keys(Stage.CALLBACK.workTopic())).contains(bad.toString());
                }
                assertThat(keys(stage.deadLetterTopic())).contains(bad.toString());
                assertThat(keys(stage.retryTopic())).contains(good.toString());
                // Start and end of three calls
                assertThat(keys(Topics.ATTEMPTS))
                        .filteredOn(key -> key.equals(good.toString()) || key.equals(bad.toString()))
                        .hasSize(6);
                assertThat(records(Topics.CONTROL)).hasSizeGreaterThan(controlBefore);
            });
        }
    }

    private static ProducerRecord<byte[], byte[]> record(Stage stage, TaskId id, String style) {
        byte[] value = TestingEvents.serializer()
                .serialize(stage.workTopic(), TestingEvents.accepted(id, style, Duration.ofDays(1)));
        return new ProducerRecord<>(stage.workTopic(), id.toString().getBytes(UTF_8), value);
    }

    private static Outcome handle(Stage stage, TaskAccepted task, Attempt attempt) throws InterruptedException {
        if (task.getContext().getStyle().equals("bad")) {
            return attempt.call(() -> new OutsideCall.Answer<>(
                    new Outcome.Rejected(Reason.NO_PET, "no pet"), CallReport.refused(Reason.NO_PET, 200)));
        }
        if (attempt.number() == 1) {
            Instant later = Instant.now().plusMillis(300);
            CallReport limited = new CallReport(
                    Optional.of(Reason.RATE_LIMITED),
                    CallPhase.DONE,
                    Optional.of(429),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(later));
            return attempt.call(() ->
                    new OutsideCall.Answer<>(new Outcome.Retry(Reason.RATE_LIMITED, "answered 429", later), limited));
        }
        return attempt.call(() -> new OutsideCall.Answer<>(
                stage.notifiesReceivers() ? Outcome.done() : passedOn(stage, task),
                CallReport.succeeded(200, Optional.empty())));
    }

    private static Outcome passedOn(Stage stage, TaskAccepted task) {
        return Outcome.done(
                after(stage),
                PetDescribed.newBuilder()
                        .setContext(task.getContext())
                        .setDescription("a cat")
                        .build());
    }

    @Test
    void opsReadsDeadLettersReplaysAndKeepsTheReportsTopics() throws Exception {
        String user = Component.OPS.code();
        String group = "pawline.ops.replay.0199f1c4";
        try (var deadLetters = consumer(user, "pawline.ops.dead-letters");
                var replays = producer(user, Map.of("transactional.id", "pawline.ops.replay"));
                var progress = consumer(user, group);
                Admin report = Admin.create(connection(user))) {
            deadLetters.subscribe(
                    Arrays.stream(Stage.values()).map(Stage::deadLetterTopic).toList());
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                deadLetters.poll(Duration.ofMillis(200));
                return deadLetters.assignment().size() == 2 * Stage.values().length;
            });
            replays.initTransactions();
            replays.beginTransaction();
            for (Stage stage : Stage.values()) {
                replays.send(new ProducerRecord<>(stage.workTopic(), new byte[1]))
                        .get();
            }
            replays.sendOffsetsToTransaction(
                    Map.of(new TopicPartition(Topics.CONTROL, 0), new OffsetAndMetadata(7)), progress.groupMetadata());
            replays.commitTransaction();
            assertThat(progress.committed(Set.of(new TopicPartition(Topics.CONTROL, 0))))
                    .containsValue(new OffsetAndMetadata(7));
            report.createTopics(List.of(new NewTopic("pawline.ops.live-windows-changelog", 1, (short) 1)))
                    .all()
                    .get();
            assertThatThrownBy(() -> report.createTopics(List.of(new NewTopic("elsewhere", 1, (short) 1)))
                            .all()
                            .get())
                    .rootCause()
                    .isInstanceOf(TopicAuthorizationException.class);
        }
    }

    /** It reads what is open, and what the groups have completed of it, and joins none of them. */
    @Test
    void callbackLooksForTasksInTheWorkOfAllStages() throws Exception {
        TaskId id = TaskId.next();
        try (var sender = producer(ADMIN, Map.of())) {
            for (Stage stage : Stage.values()) {
                sender.send(record(stage, id, "good")).get();
            }
        }
        List<TopicPartition> partitions = Arrays.stream(Stage.values())
                .flatMap(stage -> stage.readTopics().stream())
                .flatMap(topic -> Stream.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)))
                .toList();
        try (Admin user = Admin.create(connection(Component.CALLBACK.code()));
                var work = consumer(Component.CALLBACK.code(), null)) {
            for (Stage stage : Stage.values()) {
                user.listConsumerGroupOffsets(stage.consumerGroup())
                        .partitionsToOffsetAndMetadata()
                        .get();
            }
            work.assign(partitions);
            work.seekToBeginning(partitions);
            Set<String> found = new TreeSet<>();
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                work.poll(Duration.ofMillis(200)).forEach(read -> {
                    if (read.key() != null && id.toString().equals(new String(read.key(), UTF_8))) {
                        found.add(read.topic());
                    }
                });
                assertThat(found).hasSameSizeAs(Stage.values());
            });
        }
    }

    @Test
    void ingestFollowsTheProgressAndHandsOnWhatItAccepts() throws Exception {
        String user = Component.INGEST.code();
        try (var progress = consumer(user, "pawline.ingest.progress");
                var money = consumer(user, "pawline.ingest.budget");
                var accepted = producer(user, Map.of())) {
            List<String> others = List.of(Topics.BUDGET, Topics.CONTROL);
            List<String> topics = KafkaTest.reads(Component.INGEST).stream()
                    .filter(topic -> !others.contains(topic))
                    .toList();
            money.subscribe(others);
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                money.poll(Duration.ofMillis(200));
                return money.assignment().size() == others.size();
            });
            progress.subscribe(topics);
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                progress.poll(Duration.ofMillis(200));
                return progress.assignment().size() == 2 * topics.size();
            });
            progress.commitSync();
            accepted.send(new ProducerRecord<>(Stage.DETECT.workTopic(), new byte[1]))
                    .get();
            accepted.send(new ProducerRecord<>(Topics.CONTROL, new byte[1], new byte[1]))
                    .get();
            accepted.send(new ProducerRecord<>(Topics.BUDGET, new byte[1])).get();
        }
    }

    private static Stage after(Stage stage) {
        List<Stage> stages = List.of(Stage.values());
        return stages.get(stages.indexOf(stage) + 1);
    }

    private static List<String> keys(String topic) {
        return records(topic).stream()
                .map(data -> data.key() == null ? "" : new String(data.key(), UTF_8))
                .toList();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        try (TopicReader reader = new TopicReader(connection(ADMIN), topic, "read_committed")) {
            return reader.all();
        }
    }

    private static Set<AclOperation> allowed(KafkaFuture<TopicDescription> description) throws InterruptedException {
        try {
            return Objects.requireNonNull(description.get().authorizedOperations());
        } catch (ExecutionException refused) {
            assertThat(refused).hasCauseInstanceOf(TopicAuthorizationException.class);
            return Set.of();
        }
    }

    /** Without those that the report makes for itself. */
    private static Set<String> existing(List<String> topics) {
        Set<String> names = new TreeSet<>(topics);
        names.remove(KafkaTest.OF_THE_REPORT);
        return names;
    }

    private static Stream<AclBinding> bindings(Component component) {
        GenericKubernetesResource user = TestingChart.custom("KafkaUser", STRIMZI).stream()
                .filter(each -> component.code().equals(TestingChart.component(each)))
                .findFirst()
                .orElseThrow();
        return StrimziOperator.rights(component.code(), user).stream();
    }

    private static KafkaProducer<byte[], byte[]> producer(String user, Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>(connection(user));
        settings.putAll(own);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String user, @Nullable String group) {
        Map<String, Object> settings = new HashMap<>(connection(user));
        if (group != null) {
            settings.put("group.id", group);
        }
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("allow.auto.create.topics", false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, Object> connection(String user) {
        return Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                jaas(user, ""));
    }

    private static String jaas(String user, String users) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\" %s;"
                .formatted(user, user, users);
    }
}
