package io.pawline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.TestingKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Plays random histories of a group on the model and on a real broker, which must answer the same: static members join,
 * leave, are killed, return or do not, and commit offsets with metadata for the generation of now or of before.
 */
class GroupModelIT {

    /** Can be set on the command line, for a night. */
    private static final int HISTORIES = Integer.getInteger("pawline.histories", 10);

    private static final int AT_ONCE = 10;
    private static final int STEPS = 14;
    private static final int MEMBERS = 3;
    private static final int PARTITIONS = 4;
    private static final Duration SESSION = Duration.ofSeconds(6);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private enum Act {
        JOIN,
        LEAVE,
        /** Ends without a word. */
        KILL,
        /** Is there again under the name of one that was killed. */
        RETURN,
        /** Waits until the session of one that was killed is over. */
        EXPIRE,
        COMMIT,
        /** Commits for a generation that is over. */
        COMMIT_LATE
    }

    private record Step(Act act, int member, int number) {}

    /**
     * Says what came of a history.
     *
     * @param answers to each step: whether it was done, and how many partitions each member has when all is at rest
     * @param committed offsets with their metadata
     */
    private record Seen(List<String> answers, Map<Integer, String> committed) {}

    /** Is a place in which a history is played. */
    private interface Place {
        Consumer<byte[], byte[]> consumer(int member);

        Producer<byte[], byte[]> producer(int member);

        /** Ends a consumer without a word. */
        void kill(int member, Consumer<byte[], byte[]> consumer);

        /** Says whether there is time left to wait for the group to come to rest. */
        boolean patient(long since);

        long now();
    }

    @Test
    void theModelsGroupsDoAsTheBrokersDo() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> running = LongStream.rangeClosed(1, HISTORIES)
                    .<Future<?>>mapToObj(seed -> threads.submit((Callable<Void>) () -> {
                        compare(seed);
                        return null;
                    }))
                    .toList();
            for (Future<?> history : running) {
                history.get();
            }
        }
    }

    private static void compare(long seed) throws ExecutionException, InterruptedException {
        String topic = "group-history-" + seed;
        List<Step> history = draw(new Random(seed));
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            OnTheBroker place = new OnTheBroker(topic);
            Seen broker = new Played(place, topic, history).seen(_ -> place.committed());
            assertThat(onTheModel(seed, topic, history))
                    .as("seed %d: %s", seed, history)
                    .isEqualTo(broker);
        }
    }

    /** Draws a history: whoever is killed returns, or is waited for, before the group changes again. */
    private static List<Step> draw(Random random) {
        List<Step> history = new ArrayList<>();
        Set<Integer> there = new HashSet<>();
        int killed = -1;
        int generations = 0;
        boolean waited = false;
        while (history.size() < STEPS) {
            int member = random.nextInt(MEMBERS);
            Act act;
            if (killed >= 0) {
                member = killed;
                act = waited || random.nextInt(3) > 0 ? Act.RETURN : Act.EXPIRE;
                waited |= act == Act.EXPIRE;
                if (act == Act.RETURN) {
                    there.add(member);
                }
                killed = -1;
                generations += act == Act.EXPIRE ? 1 : 0;
            } else if (!there.contains(member)) {
                act = Act.JOIN;
                there.add(member);
                generations++;
            } else {
                act = switch (random.nextInt(7)) {
                    case 0 -> there.size() > 1 ? Act.LEAVE : Act.COMMIT;
                    case 1 -> there.size() > 1 ? Act.KILL : Act.COMMIT;
                    case 2 -> generations > 1 ? Act.COMMIT_LATE : Act.COMMIT;
                    default -> Act.COMMIT;
                };
                if (act == Act.LEAVE || act == Act.KILL) {
                    there.remove(member);
                    killed = act == Act.KILL ? member : -1;
                    generations += act == Act.LEAVE ? 1 : 0;
                }
            }
            history.add(new Step(act, member, history.size()));
        }
        return history;
    }

    private interface Offsets {
        Map<TopicPartition, OffsetAndMetadata> of(String group) throws InterruptedException, ExecutionException;
    }

    /** Plays a history, in the order of its steps. */
    private static final class Played {

        private final Place place;
        private final String topic;
        private final List<Step> history;
        private final Map<Integer, Consumer<byte[], byte[]>> members = new TreeMap<>();
        private final Map<Integer, Producer<byte[], byte[]>> producers = new HashMap<>();
        private final Map<Integer, Set<TopicPartition>> leftBehind = new HashMap<>();

        /** Holds, for the generation of each settled group, what a member commits for. */
        private @Nullable ConsumerGroupMetadata before;

        private @Nullable ConsumerGroupMetadata now;

        Played(Place place, String topic, List<Step> history) {
            this.place = place;
            this.topic = topic;
            this.history = history;
        }

        Seen seen(Offsets offsets) throws InterruptedException, ExecutionException {
            try {
                List<String> answers = history.stream()
                        .map(step -> step.act() + " " + does(step) + (step.act() == Act.KILL ? "" : " " + sizes()))
                        .toList();
                Map<Integer, String> committed = new TreeMap<>();
                offsets.of(topic).forEach((name, offset) -> committed.put(name.partition(), String.valueOf(offset)));
                return new Seen(answers, committed);
            } finally {
                members.values().forEach(member -> member.close(CloseOptions.timeout(Duration.ZERO)));
                producers.values().forEach(producer -> producer.close(Duration.ZERO));
            }
        }

        private List<Integer> sizes() {
            return members.values().stream()
                    .map(member -> member.assignment().size())
                    .sorted()
                    .toList();
        }

        private String does(Step step) {
            int member = step.member();
            switch (step.act()) {
                case JOIN -> {
                    join(member);
                    settle();
                }
                case LEAVE -> {
                    Objects.requireNonNull(members.remove(member))
                            .close(CloseOptions.timeout(Duration.ofSeconds(30))
                                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
                    settle();
                }
                case KILL -> {
                    Consumer<byte[], byte[]> killed = Objects.requireNonNull(members.remove(member));
                    leftBehind.put(member, Set.copyOf(killed.assignment()));
                    place.kill(member, killed);
                }
                case RETURN -> {
                    join(member);
                    settle();
                    Set<TopicPartition> had = leftBehind.remove(member);
                    return had == null
                                    || had.equals(Objects.requireNonNull(members.get(member))
                                            .assignment())
                            ? "done"
                            : "has others";
                }
                case EXPIRE -> {
                    leftBehind.clear();
                    settle();
                }
                case COMMIT -> {
                    return commits(
                            step, Objects.requireNonNull(members.get(member)).groupMetadata());
                }
                case COMMIT_LATE -> {
                    return commits(step, Objects.requireNonNull(before));
                }
            }
            return "done";
        }

        private void join(int member) {
            Consumer<byte[], byte[]> joins = place.consumer(member);
            joins.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> gone) {}

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> come) {}
            });
            members.put(member, joins);
        }

        /** Polls all members until they have all partitions in equal shares, but for those that wait for a return. */
        private void settle() {
            long since = place.now();
            int quiet = 0;
            while (quiet < 3) {
                members.values().forEach(member -> member.poll(POLL));
                quiet = isSettled() ? quiet + 1 : 0;
                if (!place.patient(since)) {
                    throw new IllegalStateException("the group does not come to rest: " + sizes());
                }
            }
            ConsumerGroupMetadata settled = members.values().iterator().next().groupMetadata();
            if (now == null || settled.generationId() != now.generationId()) {
                before = now;
                now = settled;
            }
        }

        private boolean isSettled() {
            List<Integer> sizes = sizes();
            Set<Integer> generations = new HashSet<>();
            members.values()
                    .forEach(member -> generations.add(member.groupMetadata().generationId()));
            int waiting = leftBehind.entrySet().stream()
                    .filter(left -> !members.containsKey(left.getKey()))
                    .mapToInt(left -> left.getValue().size())
                    .sum();
            int sum = sizes.stream().mapToInt(size -> size).sum();
            return generations.size() == 1 && sum + waiting == PARTITIONS && sizes.getLast() - sizes.getFirst() <= 1;
        }

        private String commits(Step step, ConsumerGroupMetadata as) {
            Producer<byte[], byte[]> producer = producers.computeIfAbsent(step.member(), member -> {
                Producer<byte[], byte[]> made = place.producer(member);
                made.initTransactions();
                return made;
            });
            TopicPartition partition = new TopicPartition(topic, step.number() % PARTITIONS);
            producer.beginTransaction();
            try {
                producer.sendOffsetsToTransaction(
                        Map.of(partition, new OffsetAndMetadata(step.number(), "metadata " + step.number())), as);
                producer.commitTransaction();
                return "done";
            } catch (KafkaException refused) {
                producer.abortTransaction();
                return "refused";
            }
        }
    }

    private static final class OnTheBroker implements Place {

        private final String topic;

        OnTheBroker(String topic) {
            this.topic = topic;
        }

        @Override
        public Consumer<byte[], byte[]> consumer(int member) {
            Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
            settings.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
            settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "m" + member);
            settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION.toMillis());
            settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 300);
            settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
            settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
            settings.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
            return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        /** Returns the offsets as a stage reads them, which waits for the markers of transactions. */
        Map<TopicPartition, OffsetAndMetadata> committed() {
            Set<TopicPartition> all = new HashSet<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                all.add(new TopicPartition(topic, partition));
            }
            try (Consumer<byte[], byte[]> reader = consumer(MEMBERS)) {
                Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(reader.committed(all, PATIENCE));
                committed.values().removeIf(Objects::isNull);
                return committed;
            }
        }

        @Override
        public Producer<byte[], byte[]> producer(int member) {
            Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
            settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic + "-" + member);
            return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void kill(int member, Consumer<byte[], byte[]> consumer) {
            consumer.close(CloseOptions.timeout(Duration.ZERO)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
        }

        @Override
        public boolean patient(long since) {
            return now() - since < PATIENCE.toNanos();
        }

        @Override
        public long now() {
            return System.nanoTime();
        }
    }

    private static Seen onTheModel(long seed, String topic, List<Step> history) {
        Seen[] seen = new Seen[1];
        World world = new World(seed, null);
        world.run(() -> {
            try {
                OnTheModel place = new OnTheModel(world, topic);
                seen[0] = new Played(place, topic, history).seen(place::committed);
            } catch (InterruptedException | ExecutionException failed) {
                throw new IllegalStateException(failed);
            }
        });
        assertThat(world.failure()).as("seed %d on the model", seed).isNull();
        return Objects.requireNonNull(seen[0]);
    }

    private static final class OnTheModel implements Place {

        private final World world;
        private final ModelBroker broker;
        private final String topic;
        private final Map<Integer, SimulatedProcess> processes = new HashMap<>();

        OnTheModel(World world, String topic) {
            this.world = world;
            this.topic = topic;
            this.broker = new ModelBroker(world, PARTITIONS, new ModelBroker.Watch() {
                @Override
                public void committed(ModelTransaction transaction) {}

                @Override
                public void appended(String to, ModelLog.Entry entry) {}
            });
            broker.create(topic, 1_000);
        }

        @Override
        public Consumer<byte[], byte[]> consumer(int member) {
            SimulatedProcess process = new SimulatedProcess(world, "m" + member);
            processes.put(member, process);
            return Facade.of(
                    Consumer.class,
                    new ModelConsumer(
                            world, broker, process, broker.group(topic), "m" + member, () -> {}, (_, _) -> {}));
        }

        @Override
        public Producer<byte[], byte[]> producer(int member) {
            SimulatedProcess process = new SimulatedProcess(world, "producer " + member);
            return Facade.of(Producer.class, new ModelProducer(world, broker, process, topic + "-" + member));
        }

        @Override
        public void kill(int member, Consumer<byte[], byte[]> consumer) {
            Objects.requireNonNull(processes.get(member)).kill();
        }

        @Override
        public boolean patient(long since) {
            return now() - since < PATIENCE.toNanos();
        }

        @Override
        public long now() {
            return world.nanoTime();
        }

        Map<TopicPartition, OffsetAndMetadata> committed(String group) {
            broker.rest(Duration.ofSeconds(1).toNanos());
            Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
            for (TopicPartition name : broker.partitionsOf(List.of(topic))) {
                OffsetAndMetadata offset = broker.group(group).committed(name);
                if (offset != null) {
                    committed.put(name, offset);
                }
            }
            return committed;
        }
    }
}
