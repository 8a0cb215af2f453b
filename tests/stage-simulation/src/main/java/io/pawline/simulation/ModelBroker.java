package io.pawline.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Does what a broker does, as far as a stage can see it: logs, transactions with fencing and time-outs, groups, and the
 * way of a request there and of its answer back, each of which takes time or fails.
 */
final class ModelBroker {

    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SHORTEST_WAY = Duration.ofNanos(100_000);
    private static final Duration LONGEST_WAY = Duration.ofMillis(2);

    /** Sees what is committed, as it happens. */
    interface Watch {
        void committed(ModelTransaction transaction);

        /** Sees a record outside of transactions. */
        void appended(String topic, ModelLog.Entry entry);
    }

    /** Is what the transaction coordinator knows of one transactional id. */
    static final class Transactional {
        private final String id;
        private int epoch = -1;
        private @Nullable ModelTransaction open;
        private @Nullable ModelTransaction last;
        private int lastEpoch;
        private boolean timedOut;

        Transactional(String id) {
            this.id = id;
        }
    }

    private final World world;
    private final Watch watch;
    private final int partitions;
    private final Map<TopicPartition, ModelLog> logs = new HashMap<>();
    private final Map<String, Integer> largest = new TreeMap<>();
    private final Map<String, Transactional> transactional = new LinkedHashMap<>();
    private final Map<String, ModelGroup> groups = new LinkedHashMap<>();
    private final Set<Actor> reading = new LinkedHashSet<>();
    private final Set<String> hidden = new HashSet<>();
    private final Map<String, Runnable> behindCommit = new HashMap<>();
    private boolean away;
    private boolean coordinatorAway;
    private long markersAt;

    ModelBroker(World world, int partitions, Watch watch) {
        this.world = world;
        this.partitions = partitions;
        this.watch = watch;
        world.after(Duration.ofSeconds(1), this::everySecond);
    }

    private void everySecond() {
        if (!away && !coordinatorAway) {
            groups.values().forEach(ModelGroup::expire);
        }
        world.after(Duration.ofSeconds(1), this::everySecond);
    }

    /** Makes a topic whose records have at most so many bytes. */
    void create(String topic, int largestBytes) {
        largest.put(topic, largestBytes);
        for (int partition = 0; partition < partitions; partition++) {
            TopicPartition name = new TopicPartition(topic, partition);
            logs.put(name, new ModelLog(name));
        }
    }

    boolean has(String topic) {
        return largest.containsKey(topic) && !hidden.contains(topic);
    }

    /** Lets a topic take nothing, or take records again. */
    void hide(String topic, boolean hide) {
        if (hide) {
            hidden.add(topic);
        } else {
            hidden.remove(topic);
        }
    }

    int largest(String topic) {
        return largest.getOrDefault(topic, Integer.MAX_VALUE);
    }

    List<TopicPartition> partitionsOf(List<String> topics) {
        List<TopicPartition> of = new ArrayList<>();
        for (String topic : topics) {
            for (int partition = 0; partition < partitions; partition++) {
                of.add(new TopicPartition(topic, partition));
            }
        }
        return of;
    }

    ModelLog log(TopicPartition name) {
        ModelLog log = logs.get(name);
        if (log == null) {
            throw new IllegalStateException("no such partition: " + name);
        }
        return log;
    }

    /** Returns all committed records of a topic. */
    List<ModelLog.Entry> committed(String topic) {
        return partitionsOf(List.of(topic)).stream()
                .flatMap(name -> log(name).committed().stream())
                .toList();
    }

    ModelGroup group(String name) {
        return groups.computeIfAbsent(name, _ -> new ModelGroup(world, name));
    }

    /** Lets the broker answer nobody, or answer again. */
    void away(boolean isAway) {
        away = isAway;
        if (!isAway) {
            groups.values().forEach(ModelGroup::coordinatorIsBack);
        }
    }

    /** Lets the coordinators of groups and transactions answer nobody, or answer again. */
    void coordinatorAway(boolean isAway) {
        coordinatorAway = isAway;
        if (!isAway) {
            groups.values().forEach(ModelGroup::coordinatorIsBack);
        }
    }

    /** Has this done once the next transaction of a producer is committed, and before anybody has the answer. */
    void behindNextCommit(String id, Runnable action) {
        behindCommit.put(id, action);
    }

    /** Takes {@link #behindNextCommit} back. */
    void notBehindNextCommit(String id) {
        behindCommit.remove(id);
    }

    /** Says whether a request of this process arrives, or an answer to it. */
    boolean reaches(SimulatedProcess process, boolean coordinator) {
        return !away && !(coordinator && coordinatorAway) && process.answers();
    }

    /**
     * Makes a request for a thread that waits for the answer. An answer that gets lost has had its effect.
     *
     * @throws TimeoutException if there is no answer in time
     */
    <T> T request(SimulatedProcess process, boolean coordinator, Duration longest, Supplier<T> effect) {
        long until = world.nanoTime() + longest.toNanos();
        travel(process, coordinator, until);
        T answer;
        try {
            answer = effect.get();
        } catch (RuntimeException refused) {
            travel(process, coordinator, until);
            throw refused;
        }
        travel(process, coordinator, until);
        return answer;
    }

    private void travel(SimulatedProcess process, boolean coordinator, long until) {
        rest(world.between(SHORTEST_WAY, LONGEST_WAY));
        while (!reaches(process, coordinator)) {
            if (world.nanoTime() >= until) {
                throw new TimeoutException("no answer of the broker in time");
            }
            rest(Math.min(until - world.nanoTime(), Duration.ofMillis(50).toNanos()));
        }
    }

    /** Waits as Kafka's clients do. */
    void rest(long nanos) {
        try {
            world.sleep(nanos);
        } catch (InterruptedException interrupted) {
            throw new InterruptException(interrupted);
        }
    }

    /** Returns the time that a request or an answer takes. */
    long way() {
        return world.between(SHORTEST_WAY, LONGEST_WAY);
    }

    /** Has the actor woken when there is more to read. */
    void wakeAtRecords(Actor actor) {
        reading.add(actor);
    }

    private void moreToRead() {
        List<Actor> woken = List.copyOf(reading);
        reading.clear();
        woken.forEach(world::wake);
    }

    /** Appends a record, to the partition that its key belongs to. */
    ModelLog.Entry append(
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Header[] headers,
            @Nullable ModelTransaction transaction) {
        return append(topic, null, key, value, headers, transaction);
    }

    private int partitionOf(byte @Nullable [] key) {
        return key == null ? 0 : Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    /** Appends a record to a partition; null: the one that its key belongs to. */
    ModelLog.Entry append(
            String topic,
            @Nullable Integer chosen,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Header[] headers,
            @Nullable ModelTransaction transaction) {
        int partition = chosen == null ? partitionOf(key) : chosen;
        ModelLog log = log(new TopicPartition(topic, partition));
        ModelLog.Entry entry = log.append(key, value, headers, world.instant().toEpochMilli(), transaction);
        if (transaction == null) {
            watch.appended(topic, entry);
            moreToRead();
        } else {
            transaction.logs.add(log);
        }
        return entry;
    }

    /** Lets a producer begin: it gets a new epoch, and what its predecessor left open is aborted. */
    int init(String id) {
        Transactional known = transactional.computeIfAbsent(id, Transactional::new);
        if (known.open != null) {
            end(known, known.open, false);
        }
        known.epoch++;
        known.timedOut = false;
        world.note("producer %s has epoch %d".formatted(id, known.epoch));
        return known.epoch;
    }

    /** Returns the open transaction of a producer, and opens one if there is none. */
    ModelTransaction transaction(String id, int epoch) {
        Transactional known = require(id, epoch);
        ModelTransaction open = known.open;
        if (open == null) {
            open = new ModelTransaction();
            known.open = open;
            ModelTransaction opened = open;
            world.after(TRANSACTION_TIMEOUT, () -> timeOut(known, opened));
        }
        return open;
    }

    private void timeOut(Transactional known, ModelTransaction opened) {
        if (opened.isOpen()) {
            if (away || coordinatorAway) {
                world.after(Duration.ofSeconds(1), () -> timeOut(known, opened));
                return;
            }
            world.note("a transaction of %s times out".formatted(known.id));
            end(known, opened, false);
            known.epoch++;
            known.timedOut = true;
        }
    }

    private Transactional require(String id, int epoch) {
        Transactional known = transactional.get(id);
        if (known == null || known.epoch != epoch) {
            if (known != null && known.timedOut && known.epoch == epoch + 1) {
                throw new InvalidProducerEpochException("the transaction of " + id + " timed out");
            }
            throw new ProducerFencedException("there is a newer producer with the id " + id);
        }
        return known;
    }

    /** Ends the open transaction of a producer; asked for again, it answers the same. */
    void end(String id, int epoch, boolean commit) {
        Transactional known = require(id, epoch);
        ModelTransaction open = known.open;
        if (open != null) {
            end(known, open, commit);
        } else if (known.last == null || known.lastEpoch != epoch || known.last.committed() != commit) {
            // Nothing was written in it, so the coordinator has never heard of it
            world.note("an empty transaction of %s ends".formatted(id));
        }
    }

    private void end(Transactional known, ModelTransaction open, boolean commit) {
        open.end(commit);
        known.open = null;
        known.last = open;
        known.lastEpoch = known.epoch;
        if (commit) {
            watch.committed(open);
            Runnable next = behindCommit.remove(known.id);
            if (next != null) {
                next.run();
            }
        }
        // The coordinator answers before the partitions and the group have the markers, which come in order
        markersAt = Math.max(markersAt, world.nanoTime() + way());
        world.after(markersAt - world.nanoTime(), () -> writeMarkers(open));
    }

    private void writeMarkers(ModelTransaction ended) {
        long now = world.instant().toEpochMilli();
        ended.logs.forEach(log -> log.end(ended, now));
        ended.offsets.forEach((group, offsets) -> group.settle(ended, offsets));
        moreToRead();
    }

    /** Adds offsets to a transaction. */
    void addOffsets(ModelTransaction to, ModelGroup group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        to.offsets.computeIfAbsent(group, _ -> new TreeMap<>(ModelGroup.ORDER)).putAll(offsets);
        group.pend(to, offsets.keySet());
    }
}
