package io.pawline.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.TestingKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays random histories of transactions on the model and on a real broker, which must answer the same. */
class BrokerModelIT {

    private static final int STEPS = 60;
    private static final int CLIENTS = 3;

    private enum Act {
        INIT,
        BEGIN,
        SEND,
        OFFSETS,
        COMMIT,
        ABORT
    }

    private record Step(Act act, int client, int number) {}

    /**
     * Says what came of a history.
     *
     * @param answers whether each step was done
     * @param records that can be read as committed; their offsets depend on when the broker writes its markers
     * @param committed offset with its metadata
     */
    private record Seen(List<String> answers, List<String> records, String committed) {}

    /**
     * More can be set on the command line, for a night. In the last two, a transaction ends after another one that wrote
     * its offset later.
     */
    static LongStream seeds() {
        return LongStream.concat(
                        LongStream.rangeClosed(1, Integer.getInteger("pawline.histories", 10)), LongStream.of(185, 321))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theModelAnswersAsTheBrokerDoes(long seed) throws ExecutionException, InterruptedException {
        List<Step> history = new ArrayList<>();
        String topic = "history-" + seed;

        Seen model = onTheModel(seed, topic, history);
        Seen broker = onTheBroker(topic, history);

        assertThat(model.answers()).contains("done").contains("refused");
        assertThat(model).isEqualTo(broker);
    }

    /** Draws a step that makes sense: what a client may not do by its own state is Kafka's and not the broker's. */
    private static Step draw(Random random, Map<Integer, Act> states, int number) {
        int client = random.nextInt(CLIENTS);
        Act before = states.get(client);
        if (before == null) {
            return new Step(Act.INIT, client, number);
        }
        if (before == Act.INIT) {
            return new Step(random.nextInt(6) == 0 ? Act.INIT : Act.BEGIN, client, number);
        }
        Act[] next = {Act.SEND, Act.SEND, Act.SEND, Act.OFFSETS, Act.COMMIT, Act.ABORT, Act.INIT};
        return new Step(next[random.nextInt(next.length)], client, number);
    }

    private static void note(Map<Integer, Act> states, Step step, boolean done) {
        if (!done) {
            states.remove(step.client());
        } else {
            states.put(
                    step.client(),
                    switch (step.act()) {
                        case INIT, COMMIT, ABORT -> Act.INIT;
                        case BEGIN, SEND, OFFSETS -> Act.BEGIN;
                    });
        }
    }

    /** Two clients share a transactional id, so one fences the other. */
    private static String id(String topic, int client) {
        return topic + "-" + client % 2;
    }

    private static Seen onTheModel(long seed, String topic, List<Step> history) {
        Seen[] seen = new Seen[1];
        World world = new World(seed, null);
        world.run(() -> seen[0] = onTheModel(world, new Random(seed), topic, history));
        assertThat(world.failure()).isNull();
        return Objects.requireNonNull(seen[0]);
    }

    private static Seen onTheModel(World world, Random random, String topic, List<Step> history) {
        ModelBroker broker = new ModelBroker(world, 1, new ModelBroker.Watch() {
            @Override
            public void committed(ModelTransaction transaction) {}

            @Override
            public void appended(String to, ModelLog.Entry entry) {}
        });
        broker.create(topic, 1_000);
        SimulatedProcess process = new SimulatedProcess(world, "history");
        Map<Integer, Producer<byte[], byte[]>> clients = new HashMap<>();
        Map<Integer, Act> states = new HashMap<>();
        List<String> answers = new ArrayList<>();
        for (int number = 0; number < STEPS + 2; number++) {
            Step step = number < STEPS ? draw(random, states, number) : new Step(Act.INIT, number - STEPS, number);
            history.add(step);
            boolean done = does(step, topic, clients, () -> {
                String id = id(topic, step.client());
                return Facade.of(Producer.class, new ModelProducer(world, broker, process, id));
            });
            note(states, step, done);
            answers.add(done ? "done" : "refused");
        }
        broker.rest(Duration.ofSeconds(1).toNanos());
        TopicPartition partition = new TopicPartition(topic, 0);
        return new Seen(
                answers,
                broker.log(partition).committed().stream()
                        .map(entry -> text(entry.value()))
                        .toList(),
                String.valueOf(broker.group(topic).committed(partition)));
    }

    private static Seen onTheBroker(String topic, List<Step> history) throws ExecutionException, InterruptedException {
        Map<Integer, Producer<byte[], byte[]>> clients = new HashMap<>();
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            List<String> answers = history.stream()
                    .map(step -> does(step, topic, clients, () -> producer(id(topic, step.client()))))
                    .map(done -> done ? "done" : "refused")
                    .toList();
            return new Seen(
                    answers,
                    TestingKafka.records(topic).stream()
                            .map(data -> text(data.value()))
                            .toList(),
                    String.valueOf(admin.listConsumerGroupOffsets(topic)
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(new TopicPartition(topic, 0))));
        } finally {
            clients.values().forEach(client -> client.close(Duration.ZERO));
        }
    }

    private static Producer<byte[], byte[]> producer(String id) {
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private interface Making {
        Producer<byte[], byte[]> make();
    }

    private static boolean does(
            Step step, String topic, Map<Integer, Producer<byte[], byte[]>> clients, Making making) {
        try {
            if (step.act() == Act.INIT) {
                Producer<byte[], byte[]> before = clients.put(step.client(), making.make());
                if (before != null) {
                    before.close(Duration.ZERO);
                }
            }
            Producer<byte[], byte[]> client = Objects.requireNonNull(clients.get(step.client()));
            switch (step.act()) {
                case INIT -> client.initTransactions();
                case BEGIN -> client.beginTransaction();
                case SEND -> send(client, topic, step);
                case OFFSETS ->
                    client.sendOffsetsToTransaction(
                            Map.of(
                                    new TopicPartition(topic, 0),
                                    new OffsetAndMetadata(step.number(), "metadata " + step.number())),
                            noMember(topic));
                case COMMIT -> client.commitTransaction();
                case ABORT -> client.abortTransaction();
            }
            return true;
        } catch (KafkaException refused) {
            return false;
        }
    }

    @SuppressWarnings("removal") // Kafka has no other for who is no member
    private static ConsumerGroupMetadata noMember(String group) {
        return new ConsumerGroupMetadata(group);
    }

    private static void send(Producer<byte[], byte[]> client, String topic, Step step) {
        Exception[] refusal = new Exception[1];
        byte[] value = ("value " + step.number()).getBytes(UTF_8);
        var _ = client.send(new ProducerRecord<>(topic, value), (_, failure) -> refusal[0] = failure);
        client.flush();
        if (refusal[0] != null) {
            throw new KafkaException(refusal[0]);
        }
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, UTF_8);
    }
}
