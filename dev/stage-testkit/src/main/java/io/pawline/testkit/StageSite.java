package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Holds what the processes of one stage work with: the topics on a broker that is empty at first, the tasks sent, the
 * processes started and the journal of their calls. Closing it ends the processes.
 */
public final class StageSite implements AutoCloseable {

    public static final Duration PATIENCE = Duration.ofMinutes(2);

    public final Admin admin;
    private final String bootstrapServers;
    private final Map<String, Object> connection;
    private final Path journal;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<ChildProcess> processes = new ArrayList<>();
    private final Set<String> sent = new LinkedHashSet<>();

    public StageSite(String bootstrapServers, Path folder, int partitions, short replicas)
            throws InterruptedException, ExecutionException {
        this.bootstrapServers = bootstrapServers;
        connection = Map.of("bootstrap.servers", bootstrapServers);
        journal = folder.resolve("journal");
        admin = Admin.create(connection);
        admin.createTopics(Topics.all(partitions, replicas)).all().get();
        // While a new topic's leader is not known to all, a second request may overtake the first. The first
        // is then refused.
        Map<String, Object> feeding =
                Map.of("bootstrap.servers", bootstrapServers, "max.in.flight.requests.per.connection", 1);
        producer = new KafkaProducer<>(feeding, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Returns settings of the usual kind: calls of 50 to 800 ms, 20 at once, ample time to drain. */
    public ProcessSettings instance(String id) {
        return new ProcessSettings(
                bootstrapServers,
                id,
                Duration.ofMillis(50),
                Duration.ofMillis(800),
                20,
                Duration.ofSeconds(30),
                journal,
                Map.of());
    }

    public ChildProcess start(ProcessSettings settings) {
        ChildProcess process =
                ChildProcess.start("stage-" + settings.instanceId(), 96, StageProgram.class, settings.arguments());
        processes.add(process);
        return process;
    }

    public ChildProcess startAndAwaitReady(ProcessSettings settings) {
        ChildProcess process = start(settings);
        process.awaitLine(StageProgram.READY);
        return process;
    }

    /** Sends new tasks, waits until Kafka has them, and returns their ids. */
    public Set<String> send(int count, String style) throws InterruptedException, ExecutionException {
        String topic = Stage.DETECT.workTopic();
        Map<String, Future<RecordMetadata>> sending = new LinkedHashMap<>();
        IntStream.range(0, count).forEach(_ -> {
            TaskId id = TaskId.next();
            byte[] value =
                    TestingEvents.serializer().serialize(topic, TestingEvents.accepted(id, style, Duration.ofDays(1)));
            sending.put(
                    id.toString(),
                    producer.send(new ProducerRecord<>(topic, id.toString().getBytes(UTF_8), value)));
        });
        for (Future<RecordMetadata> each : sending.values()) {
            each.get();
        }
        sent.addAll(sending.keySet());
        return sending.keySet();
    }

    /** Returns the id of every task that was sent. */
    public Set<String> sent() {
        return Set.copyOf(sent);
    }

    public List<CallJournal.Entry> journal() {
        return CallJournal.read(journal);
    }

    public void awaitJournal(String what, Predicate<List<CallJournal.Entry>> condition) {
        await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(this::journal, condition);
    }

    /** Waits until the process has started so many calls. */
    public void awaitCalls(ChildProcess process, int count) {
        awaitJournal(
                count + " calls",
                entries -> CallJournal.tasks(entries, CallJournal.Event.CALL, process.pid())
                                .size()
                        >= count);
    }

    /** Reads the results for the next stage. */
    public TopicReader results() {
        return read(Stage.GENERATE.workTopic(), "read_committed");
    }

    public TopicReader read(String topic, String isolation) {
        return new TopicReader(connection, topic, isolation);
    }

    /** Counts the records that the group has not committed. */
    public long lag() throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(Stage.DETECT.consumerGroup())
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        admin.describeTopics(List.of(Stage.DETECT.workTopic(), Stage.DETECT.retryTopic()))
                .allTopicNames()
                .get()
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(partition ->
                                ends.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
        return admin.listOffsets(ends).all().get().entrySet().stream()
                .mapToLong(end -> end.getValue().offset()
                        - (committed.get(end.getKey()) == null
                                ? 0
                                : committed.get(end.getKey()).offset()))
                .sum();
    }

    /** Ends all processes in good order, so that nobody publishes any more. */
    public void stopAll() {
        processes.stream().filter(ChildProcess::running).forEach(ChildProcess::stop);
        processes.forEach(ChildProcess::awaitExit);
    }

    @Override
    public void close() {
        processes.forEach(ChildProcess::close);
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
    }
}
