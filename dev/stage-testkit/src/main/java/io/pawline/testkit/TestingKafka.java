package io.pawline.testkit;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Runs the one broker of this test JVM, with the topics as a test wants them. */
public final class TestingKafka {

    private static final EmbeddedKafka BROKER = start();
    private static final Map<String, Object> CONNECTION = Map.of("bootstrap.servers", BROKER.bootstrapServers());

    private TestingKafka() {}

    public static Map<String, Object> connection() {
        return CONNECTION;
    }

    /** Makes all topics anew and empty. */
    public static void freshTopics(int partitions) throws InterruptedException {
        try (Admin admin = Admin.create(CONNECTION)) {
            var groups = admin.listGroups().all().get();
            for (GroupListing group : groups) {
                // Kafka Streams that failed does not leave its group: its place would be kept for some seconds.
                boolean empty =
                        group.groupState().filter(GroupState.EMPTY::equals).isPresent();
                if (group.type().filter(GroupType.CLASSIC::equals).isPresent() && !empty) {
                    admin.removeMembersFromConsumerGroup(group.groupId(), new RemoveMembersFromConsumerGroupOptions())
                            .all()
                            .get();
                }
            }
            admin.deleteConsumerGroups(
                            groups.stream().map(GroupListing::groupId).toList())
                    .all()
                    .get();
            // These include the topics that ops-service's count makes for itself.
            admin.deleteTopics(existing(admin)).all().get();
            org.awaitility.Awaitility.await().until(() -> existing(admin).isEmpty());
            make(admin, Topics.all(partitions, (short) 1));
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void make(Admin admin, List<NewTopic> topics) throws InterruptedException, ExecutionException {
        admin.createTopics(topics).all().get();
        // The controller answers before the broker knows the topics
        List<String> names = topics.stream().map(NewTopic::name).toList();
        org.awaitility.Awaitility.await().until(() -> existing(admin).containsAll(names));
    }

    private static List<String> existing(Admin admin) throws InterruptedException, ExecutionException {
        return List.copyOf(admin.listTopics().names().get());
    }

    public static void configure(String topic, String setting, String value)
            throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(CONNECTION)) {
            AlterConfigOp set = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
            // The controller answers before the broker has taken the setting over
            org.awaitility.Awaitility.await().until(() -> value.equals(valueOf(admin, resource, setting)));
        }
    }

    private static @Nullable String valueOf(Admin admin, ConfigResource resource, String setting)
            throws InterruptedException, ExecutionException {
        Config known = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        ConfigEntry entry = known == null ? null : known.get(setting);
        return entry == null ? null : entry.value();
    }

    public static void delete(String topic) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(CONNECTION)) {
            admin.deleteTopics(List.of(topic)).all().get();
            org.awaitility.Awaitility.await().until(() -> !existing(admin).contains(topic));
        }
    }

    /** Makes a topic of Pawline's again, with one partition. */
    public static void create(String topic) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(CONNECTION)) {
            make(
                    admin,
                    Topics.all(1, (short) 1).stream()
                            .filter(known -> known.name().equals(topic))
                            .toList());
        }
    }

    /** Returns the detect stage's committed offset in the topic's first partition; 0 while there is none. */
    public static long committed(String topic) throws InterruptedException, ExecutionException {
        return committed(Stage.DETECT.consumerGroup(), topic);
    }

    public static long committed(String group, String topic) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(CONNECTION)) {
            OffsetAndMetadata committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topic, 0));
            return committed == null ? 0 : committed.offset();
        }
    }

    /** Sends these records, and returns when the broker has them. */
    public static void send(List<ProducerRecord<byte[], byte[]>> records) {
        Map<String, Object> settings = new HashMap<>(CONNECTION);
        // While a new topic's leader is not known to all, a second request may overtake the first. The first
        // is then refused.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent =
                    records.stream().map(producer::send).toList();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        } catch (InterruptedException | ExecutionException notSent) {
            throw new IllegalStateException(notSent);
        }
    }

    /** Returns every committed record of a topic by now. */
    public static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        try (TopicReader reader = new TopicReader(CONNECTION, topic, "read_committed")) {
            return reader.all();
        }
    }

    /** Gives each committed record of a topic by now to the consumer, and keeps none. */
    static void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        try (TopicReader reader = new TopicReader(CONNECTION, topic, "read_committed")) {
            reader.read(each);
        }
    }

    private static EmbeddedKafka start() {
        try {
            // Members learn of a rebalance with a heartbeat, by default only every 5 s.
            return EmbeddedKafka.start(
                    Files.createTempDirectory("kafka"),
                    0,
                    Map.of(
                            // By default, no member may be given up sooner than after 6 s.
                            "group.min.session.timeout.ms", "1000",
                            "group.consumer.min.heartbeat.interval.ms", "300",
                            "group.consumer.heartbeat.interval.ms", "300"));
        } catch (IOException noFolder) {
            throw new UncheckedIOException(noFolder);
        }
    }
}
