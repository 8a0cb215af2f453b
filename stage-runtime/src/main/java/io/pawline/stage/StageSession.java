package io.pawline.stage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One membership of a stage in its consumer group, from joining to leaving: the poll thread's loop. The poll thread never
 * handles a task and never waits for one, but when a partition is taken away or the stage stops; a partition with enough
 * records waiting is paused instead.
 *
 * <p>Any error that leaves in doubt what the broker has ends the session: what is not committed is read again by the next.
 */
final class StageSession<I> {

    private static final Logger log = LoggerFactory.getLogger(StageSession.class);
    private static final Duration POLL = Duration.ofMillis(50);

    /** Records of a work partition read ahead of what is being handled. */
    private static final int READ_AHEAD = 1_000;

    /** Records of a retry partition held until they are due; beyond that the rest waits in Kafka. */
    private static final int RETRIES_HELD = 10_000;

    private final StageSpec<I> spec;
    private final TaskExecution<I> execution;
    private final Clock clock;
    private final StageMetrics metrics;
    private final Consumer<byte[], byte[]> consumer;
    private final GroupCommit commit;
    private final Dispatcher dispatcher;
    private final RetryTimer timer;
    private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile long lastPoll = System.nanoTime();
    private volatile boolean joined;
    /** A record's thread ended without an outcome, so its partition can never be completed in this session. */
    private volatile boolean broken;

    StageSession(
            StageSpec<I> spec, TaskExecution<I> execution, KafkaClients clients, Clock clock, StageMetrics metrics) {
        this.spec = spec;
        this.execution = execution;
        this.clock = clock;
        this.metrics = metrics;
        String name = spec.stage().code();
        this.consumer = clients.consumer(spec.stage().consumerGroup());
        this.commit = new GroupCommit(() -> clients.producer(spec.stage().consumerGroup()), metrics, name);
        this.dispatcher = new Dispatcher(
                spec.policies().maxInFlight(),
                Thread.ofVirtual().name(name + "-task-", 0).factory(),
                this::work);
        this.timer = new RetryTimer(clock, dispatcher, name);
    }

    /** Works until told to stop; then drains and leaves the group. */
    void run() {
        try {
            commit.start();
            consumer.subscribe(List.of(spec.stage().workTopic(), spec.stage().retryTopic()), new Rebalance());
            while (stop.getCount() > 0) {
                turn();
            }
            drain(assigned.values());
        } finally {
            close();
        }
    }

    /** Asks the session to end; returns at once. */
    void stop() {
        stop.countDown();
    }

    /** Time since the poll thread last came round. */
    Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPoll);
    }

    /** Whether the group has let the session in. */
    boolean joined() {
        return joined;
    }

    private void turn() {
        RuntimeException failure = commit.failure();
        if (failure != null) {
            throw failure;
        }
        if (broken) {
            throw new IllegalStateException("a record was left without an outcome; it is read again");
        }
        commit.commitAs(consumer.groupMetadata());
        pauseAndResume();
        List<WorkItem> due = new ArrayList<>();
        Instant now = clock.instant();
        for (ConsumerRecord<byte[], byte[]> data : consumer.poll(POLL)) {
            partition(data).receive(data).ifPresent(item -> {
                Instant notBefore = Progress.of(data.headers()).notBefore();
                if (notBefore.isAfter(now)) {
                    timer.hold(item, notBefore);
                } else {
                    due.add(item);
                }
            });
        }
        dispatcher.add(due);
        lastPoll = System.nanoTime();
    }

    private AssignedPartition partition(ConsumerRecord<byte[], byte[]> data) {
        TopicPartition name = new TopicPartition(data.topic(), data.partition());
        return Objects.requireNonNull(assigned.get(name), "record of a partition that is not assigned");
    }

    private void pauseAndResume() {
        Set<TopicPartition> paused = consumer.paused();
        List<TopicPartition> toPause = new ArrayList<>();
        List<TopicPartition> toResume = new ArrayList<>();
        assigned.forEach((name, partition) -> {
            int open = partition.open();
            int most = mostOpen(name);
            boolean full = open >= most || !partition.hasRoom();
            if (full && !paused.contains(name)) {
                toPause.add(name);
            } else if (!full && open <= most - KafkaClients.MAX_POLL_RECORDS && paused.contains(name)) {
                toResume.add(name);
            }
        });
        consumer.pause(toPause);
        consumer.resume(toResume);
    }

    private int mostOpen(TopicPartition name) {
        return name.topic().equals(spec.stage().retryTopic())
                ? RETRIES_HELD
                : spec.policies().maxInFlight() + READ_AHEAD;
    }

    private void work(WorkItem item) {
        metrics.began();
        boolean handedOver = false;
        try {
            commit.add(item, execution.execute(item.data()));
            handedOver = true;
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
        } finally {
            metrics.ended();
            if (!handedOver) {
                broken = true;
                item.partition().end();
            }
        }
    }

    /** Starts nothing more of these partitions, and waits for what they have at work, for the drain time at most. */
    private void drain(Collection<AssignedPartition> partitions) {
        partitions.forEach(AssignedPartition::stopAdmitting);
        long giveUp = System.nanoTime() + spec.policies().drain().toNanos();
        try {
            while (commit.failure() == null && !partitions.stream().allMatch(AssignedPartition::settled)) {
                if (System.nanoTime() - giveUp > 0) {
                    log.warn(
                            "calls still under way after the drain time of {} are given up",
                            spec.policies().drain());
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void close() {
        assigned.values().forEach(AssignedPartition::stopAdmitting);
        timer.close();
        commit.close();
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(5))
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }

    /** Called on the poll thread, within poll. */
    private final class Rebalance implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> names) {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(names));
            names.forEach(name -> assigned.put(name, new AssignedPartition(name, committed.get(name))));
            joined = true;
            log.info("assigned {}", names);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> names) {
            commit.commitAs(consumer.groupMetadata());
            drain(leaving(names));
            onPartitionsLost(names);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> names) {
            commit.fence(leaving(names));
            names.forEach(assigned::remove);
            log.info("gave up {}", names);
        }

        private List<AssignedPartition> leaving(Collection<TopicPartition> names) {
            return names.stream().map(assigned::get).filter(Objects::nonNull).toList();
        }
    }
}
