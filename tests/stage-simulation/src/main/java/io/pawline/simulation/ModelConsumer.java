package io.pawline.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Does what Kafka's consumer does: as a static member of a group with cooperative assignments, or by itself with
 * partitions of its own choice. It reads committed records. {@link Facade} makes a {@code Consumer} of it.
 */
final class ModelConsumer {

    /** Sees the partitions that a consumer has no more. */
    interface LettingGo {
        /**
         * Sees one.
         *
         * @param after how long its work could have gone on since it was asked for; empty if it was lost
         */
        void of(TopicPartition partition, Optional<Duration> after);
    }

    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int MOST_RECORDS = 500;

    private final World world;
    private final ModelBroker broker;
    private final SimulatedProcess process;
    private final @Nullable ModelGroup group;
    private final String instance;
    private final Runnable joins;
    private final LettingGo gaveUp;
    private final Counter heartbeatsAnswered = new Counter("heartbeat-total");
    private final Counter joinsAnswered = new Counter("join-total");
    private final Counter syncsAnswered = new Counter("sync-total");
    private final Set<TopicPartition> owned = new TreeSet<>(ModelGroup.ORDER);
    private final Set<TopicPartition> paused = new TreeSet<>(ModelGroup.ORDER);
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    private List<TopicPartition> subscribed = List.of();
    private @Nullable ConsumerRebalanceListener listener;
    private ModelGroup.@Nullable Member member;
    private int generation = -1;
    /** Says that it has let go of partitions, which its next join gives away. */
    private boolean rejoin;

    /** Says that it knows of a rebalance. */
    private boolean noticed;

    private boolean joining;
    private boolean lost;
    private boolean closed;
    private int firstPartition;

    /**
     * @param group null for a consumer of no group
     * @param joins runs before it asks to join
     * @param gaveUp takes each partition that the consumer has no more
     */
    ModelConsumer(
            World world,
            ModelBroker broker,
            SimulatedProcess process,
            @Nullable ModelGroup group,
            String instance,
            Runnable joins,
            LettingGo gaveUp) {
        this.world = world;
        this.broker = broker;
        this.process = process;
        this.group = group;
        this.instance = instance;
        this.joins = joins;
        this.gaveUp = gaveUp;
    }

    public void subscribe(Collection<String> topics, ConsumerRebalanceListener rebalanceListener) {
        requireOpen();
        subscribed = broker.partitionsOf(List.copyOf(topics));
        listener = rebalanceListener;
        world.after(HEARTBEAT, this::heartbeat);
    }

    private void heartbeat() {
        if (closed || process.dead() || group == null) {
            return;
        }
        world.after(HEARTBEAT, this::heartbeat);
        ModelGroup.Member known = member;
        // Who waits for the next generation sends none, nor who has learned that it is no member
        if (known != null && !joining && !lost && broker.reaches(process, true)) {
            world.after(broker.way(), () -> heartbeatArrives(group, known));
        }
    }

    private void heartbeatArrives(ModelGroup of, ModelGroup.Member known) {
        boolean member = of.knows(known);
        boolean rebalances = of.preparing();
        if (member) {
            of.seen(known);
        }
        world.after(broker.way(), () -> {
            // The answer waits in the socket of a frozen process, whatever has happened meanwhile
            if (!process.cutOff()) {
                process.whenItRuns(() -> heartbeatAnswered(known, member, rebalances));
            }
        });
    }

    private void heartbeatAnswered(ModelGroup.Member known, boolean isMember, boolean rebalances) {
        if (closed) {
            return;
        }
        heartbeatsAnswered.count++;
        if (known.equals(member)) {
            lost |= !isMember;
            noticed |= rebalances;
        }
    }

    /** Counts what the client has been answered, as Kafka's metrics do. */
    private static final class Counter implements Metric {

        private final MetricName name;
        private double count;

        Counter(String name) {
            this.name = new MetricName(name, "consumer-coordinator-metrics", "", Map.of());
        }

        @Override
        public MetricName metricName() {
            return name;
        }

        @Override
        public Object metricValue() {
            return count;
        }
    }

    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of(
                heartbeatsAnswered.name, heartbeatsAnswered,
                joinsAnswered.name, joinsAnswered,
                syncsAnswered.name, syncsAnswered);
    }

    public ConsumerRecords<byte[], byte[]> poll(Duration longest) {
        requireOpen();
        long until = world.nanoTime() + longest.toNanos();
        while (true) {
            if (group != null) {
                keepUp(group);
            }
            if (broker.reaches(process, false) && hasRecords()) {
                broker.rest(broker.way());
                ConsumerRecords<byte[], byte[]> records = fetch();
                if (!records.isEmpty()) {
                    return records;
                }
            }
            if (world.nanoTime() >= until) {
                return ConsumerRecords.empty();
            }
            Actor self = world.self();
            broker.wakeAtRecords(self);
            if (group != null) {
                group.wakeAtChange(self);
            }
            awaitOrInterrupt(until);
        }
    }

    private void awaitOrInterrupt(long until) {
        try {
            var _ = world.awaitInterruptibly(until);
        } catch (InterruptedException interrupted) {
            throw new org.apache.kafka.common.errors.InterruptException(interrupted);
        }
    }

    /** Joins the group, and takes what the group gives and takes away. */
    private void keepUp(ModelGroup of) {
        if (lost) {
            lost = false;
            member = null;
            joining = false;
            rejoin = false;
            Set<TopicPartition> gone = Set.copyOf(owned);
            letGo(gone, Optional.empty());
            world.note("%s has lost its membership".formatted(process.name()));
            requireListener().onPartitionsLost(sorted(gone));
        }
        if (!broker.reaches(process, true)) {
            return;
        }
        ModelGroup.Member known = member;
        if (known == null) {
            of.reads(subscribed);
            joins.run();
            broker.rest(broker.way());
            known = of.join(instance);
            member = known;
            joining = true;
        } else if (!joining && (rejoin || (noticed && of.preparing())) && of.knows(known)) {
            rejoin = false;
            noticed = false;
            joins.run();
            broker.rest(broker.way());
            of.rebalance(known.id + " joins again");
            of.joined(known, owned);
            joining = true;
        }
        if (joining && of.preparing() && of.knows(known) && !of.hasJoined(known)) {
            // Another rebalance began before it had the answer of the one before
            joinsAnswered.count++;
            joins.run();
            broker.rest(broker.way());
            of.rebalance(known.id + " joins again");
            of.joined(known, owned);
        }
        if (joining && !of.knows(known)) {
            // The answer is that it is no member any more
            broker.rest(broker.way());
            lost = true;
            keepUp(of);
            return;
        }
        if (joining && known.generation() > generation && !of.preparing() && of.knows(known)) {
            broker.rest(broker.way());
            takeAssignment(known);
        } else if (joining && known.generation() == generation && generation > 0 && !of.preparing()) {
            // A static member that is back gets no new generation
            takeAssignment(known);
        }
    }

    private void takeAssignment(ModelGroup.Member known) {
        joining = false;
        noticed = false;
        joinsAnswered.count++;
        syncsAnswered.count++;
        generation = known.generation();
        Set<TopicPartition> given = Set.copyOf(known.assigned());
        Set<TopicPartition> taken = new TreeSet<>(ModelGroup.ORDER);
        owned.stream().filter(name -> !given.contains(name)).forEach(taken::add);
        Set<TopicPartition> added = new TreeSet<>(ModelGroup.ORDER);
        given.stream().filter(name -> !owned.contains(name)).forEach(added::add);
        if (!taken.isEmpty()) {
            long asked = world.nanoTime();
            requireListener().onPartitionsRevoked(sorted(taken));
            letGo(taken, Optional.of(Duration.ofNanos(world.nanoTime() - asked)));
            rejoin = true;
        }
        owned.addAll(added);
        requireListener().onPartitionsAssigned(sorted(added));
        if (!added.isEmpty()) {
            Map<TopicPartition, OffsetAndMetadata> from = committed(added, LONGEST);
            for (TopicPartition name : added) {
                OffsetAndMetadata at = from.get(name);
                positions.putIfAbsent(name, at == null ? 0L : at.offset());
            }
        }
        world.note("%s has %s in generation %d".formatted(process.name(), owned, generation));
    }

    private void letGo(Set<TopicPartition> names, Optional<Duration> after) {
        sorted(names).forEach(name -> gaveUp.of(name, after));
        owned.removeAll(names);
        paused.removeAll(names);
        positions.keySet().removeAll(names);
    }

    private static List<TopicPartition> sorted(Set<TopicPartition> names) {
        return names.stream().sorted(ModelGroup.ORDER).toList();
    }

    private ConsumerRebalanceListener requireListener() {
        if (listener == null) {
            throw new IllegalStateException("not subscribed");
        }
        return listener;
    }

    private boolean hasRecords() {
        for (TopicPartition name : owned) {
            Long position = positions.get(name);
            if (position != null
                    && !paused.contains(name)
                    && position < broker.log(name).lastStable()) {
                return true;
            }
        }
        return false;
    }

    private ConsumerRecords<byte[], byte[]> fetch() {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> fetched = new TreeMap<>(ModelGroup.ORDER);
        List<TopicPartition> turn = new ArrayList<>(owned);
        int left = MOST_RECORDS;
        for (int i = 0; i < turn.size() && left > 0; i++) {
            TopicPartition name = turn.get((i + firstPartition) % turn.size());
            if (paused.contains(name) || !positions.containsKey(name)) {
                continue;
            }
            List<ConsumerRecord<byte[], byte[]>> records = read(name, left);
            left -= records.size();
            if (!records.isEmpty()) {
                fetched.put(name, records);
            }
        }
        firstPartition++;
        return new ConsumerRecords<>(fetched, Map.of());
    }

    private List<ConsumerRecord<byte[], byte[]>> read(TopicPartition name, int most) {
        ModelLog log = broker.log(name);
        long position = positions.getOrDefault(name, 0L);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (position < log.lastStable() && records.size() < most) {
            ModelLog.Entry entry = log.entry(position);
            if (ModelLog.isCommitted(entry)) {
                records.add(record(name, entry));
            }
            position++;
        }
        positions.put(name, position);
        return records;
    }

    private static ConsumerRecord<byte[], byte[]> record(TopicPartition name, ModelLog.Entry entry) {
        RecordHeaders headers = new RecordHeaders();
        for (Header header : entry.headers()) {
            headers.add(header);
        }
        return new ConsumerRecord<>(
                name.topic(),
                name.partition(),
                entry.offset(),
                entry.timestamp(),
                TimestampType.CREATE_TIME,
                entry.key() == null ? -1 : entry.key().length,
                entry.value() == null ? -1 : entry.value().length,
                entry.key(),
                entry.value(),
                headers,
                Optional.empty());
    }

    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> names, Duration longest) {
        requireOpen();
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
        if (names.isEmpty() || group == null) {
            return committed;
        }
        long until = world.nanoTime() + longest.toNanos();
        while (true) {
            boolean unstable =
                    broker.request(process, true, Duration.ofNanos(Math.max(1, until - world.nanoTime())), () -> {
                        committed.clear();
                        for (TopicPartition name : names) {
                            OffsetAndMetadata offset = group.committed(name);
                            if (offset != null) {
                                committed.put(name, offset);
                            }
                        }
                        return group.unstable(names);
                    });
            if (!unstable) {
                return committed;
            }
            if (world.nanoTime() >= until) {
                throw new TimeoutException("the committed offsets are not stable");
            }
            broker.rest(Duration.ofMillis(20).toNanos());
        }
    }

    @SuppressWarnings("removal") // Kafka's consumers make theirs in the same way
    public ConsumerGroupMetadata groupMetadata() {
        return new ConsumerGroupMetadata(
                group == null ? "" : group.name(), generation, member == null ? "" : member.id, Optional.of(instance));
    }

    public Set<TopicPartition> assignment() {
        return Set.copyOf(owned);
    }

    public Set<TopicPartition> paused() {
        return Set.copyOf(paused);
    }

    public void pause(Collection<TopicPartition> names) {
        requireOwned(names);
        paused.addAll(names);
    }

    public void resume(Collection<TopicPartition> names) {
        requireOwned(names);
        names.forEach(paused::remove);
    }

    private void requireOwned(Collection<TopicPartition> names) {
        requireOpen();
        if (!owned.containsAll(names)) {
            throw new IllegalStateException("no current assignment for one of " + names);
        }
    }

    public void seek(TopicPartition name, long offset) {
        requireOwned(List.of(name));
        positions.put(name, offset);
    }

    public long position(TopicPartition name) {
        requireOwned(List.of(name));
        return positions.getOrDefault(name, 0L);
    }

    public OptionalLong currentLag(TopicPartition name) {
        Long position = positions.get(name);
        return position == null
                ? OptionalLong.empty()
                : OptionalLong.of(broker.log(name).lastStable() - position);
    }

    public void assign(Collection<TopicPartition> names) {
        requireOpen();
        owned.clear();
        owned.addAll(names);
        positions.keySet().retainAll(owned);
    }

    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> names) {
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        names.forEach(name -> beginnings.put(name, 0L));
        return beginnings;
    }

    public void close(CloseOptions options) {
        if (world.self().dead) {
            throw new Killed();
        }
        if (closed) {
            return;
        }
        ModelGroup.Member known = member;
        try {
            if (group != null && known != null) {
                if (!owned.isEmpty()) {
                    List<TopicPartition> leaving = sorted(Set.copyOf(owned));
                    letGo(Set.copyOf(owned), Optional.empty());
                    if (group.knows(known)) {
                        requireListener().onPartitionsRevoked(leaving);
                    } else {
                        requireListener().onPartitionsLost(leaving);
                    }
                }
                var _ = broker.request(process, true, Duration.ofSeconds(5), () -> {
                    group.leave(known);
                    return known;
                });
            }
        } catch (TimeoutException gone) {
            world.note("%s could not leave".formatted(process.name()));
        } catch (KafkaException interrupted) {
            world.note("%s was interrupted as it left".formatted(process.name()));
        } finally {
            closed = true;
        }
    }

    /** Says whether the group knows it as a member. A process that was away for long may not know that it is none. */
    boolean isMember() {
        return group != null && member != null && group.knows(member);
    }

    boolean isClosed() {
        return closed;
    }

    /** Says whether the client has this partition, for who checks calls. */
    boolean owns(TopicPartition name) {
        return owned.contains(name);
    }

    private void requireOpen() {
        if (world.self().dead) {
            throw new Killed();
        }
        if (closed) {
            throw new IllegalStateException("the consumer is closed");
        }
    }
}
