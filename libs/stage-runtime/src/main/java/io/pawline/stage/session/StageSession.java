package io.pawline.stage.session;

import io.pawline.stage.KafkaClients;
import io.pawline.stage.StageSpec;
import io.pawline.stage.commit.GroupCommit;
import io.pawline.stage.commit.Settlement;
import io.pawline.stage.dispatch.Dispatcher;
import io.pawline.stage.dispatch.FairQueue;
import io.pawline.stage.dispatch.ReadyQueue;
import io.pawline.stage.dispatch.ReceiverQueues;
import io.pawline.stage.ledger.Ledger;
import io.pawline.stage.metrics.Backlog;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.ReceiverLimiters;
import io.pawline.stage.retry.AttemptHeaders;
import io.pawline.stage.retry.DelayedRetryReader;
import io.pawline.stage.retry.FailedRecord;
import io.pawline.stage.retry.RetryTimer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One membership of a stage in its consumer group, from joining to leaving: the poll thread's loop. The poll thread never
 * handles a task and never waits for one, but when a partition is taken away or the stage stops; a partition with enough
 * records waiting is paused instead.
 *
 * <p>Any error that leaves in doubt what the broker has ends the session: what is not committed is read again by the next.
 */
public final class StageSession<I> {

    private static final Logger log = LoggerFactory.getLogger(StageSession.class);
    private static final Duration POLL = Duration.ofMillis(50);

    /** Records of a work partition read ahead of what is being handled. */
    private static final int READ_AHEAD = 1_000;

    /** Records of a partition held because they are not due, or may wait; beyond that the rest waits in Kafka. */
    private static final int HELD = 10_000;

    /** Answers that a paid stage may have and not have committed in any case: a group commit's at full speed. */
    private static final int UNCOMMITTED = 100;

    private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StageSpec<I> spec;
    private final TaskExecution<I> execution;
    private final Clock clock;
    private final Backlog backlog;
    private final Consumer<byte[], byte[]> consumer;
    private final GroupCommit commit;
    private final Dispatcher dispatcher;
    private final RetryTimer timer;
    private final DelayedRetryReader delayedRetryReader;
    private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private long lastMeasured = System.nanoTime();
    private volatile long lastPoll = System.nanoTime();
    private volatile boolean joined;
    /** Once told to stop, the moment at which calls under way are given up. */
    private @Nullable Long stopBy;
    /** A record's thread ended without an outcome, so its partition can never be completed in this session. */
    private volatile boolean broken;

    public StageSession(
            StageSpec<I> spec,
            TaskExecution<I> execution,
            ConcurrencyLimiter limiter,
            Optional<ReceiverLimiters> receiverLimiters,
            Ledger ledger,
            KafkaClients clients,
            Clock clock,
            Backlog backlog,
            StageMetrics metrics) {
        this.spec = spec;
        this.execution = execution;
        this.clock = clock;
        this.backlog = backlog;
        String name = spec.stage().code();
        String group = spec.stage().consumerGroup();
        this.consumer = clients.consumer(group, spec.policies().drain());
        this.commit = new GroupCommit(
                () -> clients.producer(group),
                item -> execution.tooLarge(item.data()),
                ledger,
                spec.policies().commitInterval(),
                metrics,
                name);
        this.dispatcher = new Dispatcher(
                limiter,
                readyQueue(limiter, receiverLimiters),
                Thread.ofVirtual().name(name + "-task-", 0).factory(),
                this::work,
                this::hasTooMuchToLose,
                metrics);
        this.timer = new RetryTimer(clock, dispatcher, name);
        this.delayedRetryReader = new DelayedRetryReader(spec.stage(), consumer, commit, clock);
    }

    /** While answers cannot be committed, no more of them are paid for than about as many as the stage has in flight. */
    private boolean hasTooMuchToLose() {
        return spec.stage().paid()
                && spec.provider().isPresent()
                && commit.uncommitted() >= Math.max(UNCOMMITTED, spec.policies().maxInFlight());
    }

    private ReadyQueue readyQueue(ConcurrencyLimiter limiter, Optional<ReceiverLimiters> receiverLimiters) {
        double retryShare = spec.policies().retryShare();
        return receiverLimiters.isPresent()
                ? new ReceiverQueues(limiter, receiverLimiters.get(), retryShare)
                : new FairQueue(spec.stage().code(), limiter, retryShare);
    }

    /** Works until told to stop; then drains and leaves the group. */
    public void run() {
        try {
            commit.start();
            consumer.subscribe(spec.stage().readTopics(), new Rebalance());
            while (stop.getCount() > 0) {
                turn();
            }
            drainAndStay();
        } finally {
            close();
        }
    }

    /** Asks the session to end; returns at once. */
    public void stop() {
        stop.countDown();
    }

    /** Time since the poll thread last came round. */
    public Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPoll);
    }

    /** Whether the group has let the session in. */
    public boolean joined() {
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
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        List<WorkItem> due = new ArrayList<>();
        for (TopicPartition name : polled.partitions()) {
            if (delayedRetryReader.has(name)) {
                delayedRetryReader.take(partition(name), polled.records(name));
            } else {
                take(partition(name), polled.records(name), due);
            }
        }
        // Also with nothing new: a permit may have come with time.
        dispatcher.add(due);
        dispatcher.overflow().forEach(this::defer);
        if (System.nanoTime() - lastMeasured >= MEASURE_NANOS) {
            lastMeasured = System.nanoTime();
            dispatcher.overdue(clock.instant()).forEach(this::expire);
            measure();
        }
        lastPoll = System.nanoTime();
    }

    private void take(AssignedPartition partition, List<ConsumerRecord<byte[], byte[]>> records, List<WorkItem> due) {
        Instant now = clock.instant();
        for (ConsumerRecord<byte[], byte[]> data : records) {
            WorkItem.receive(partition, data).ifPresent(item -> {
                Instant notBefore = AttemptHeaders.notBefore(data.headers());
                if (notBefore.isAfter(now)) {
                    timer.hold(item, notBefore);
                } else {
                    due.add(item);
                }
            });
        }
    }

    /** Out of the way of the others: to the end of the retry topic, or to where it is longer. */
    private void defer(ReadyQueue.Overflow overflow) {
        WorkItem item = overflow.item();
        if (!item.partition().begin()) {
            return;
        }
        if (execution.outOfTime(item.data())) {
            var _ = Thread.ofVirtual().start(() -> settle(item, () -> execution.neverHadItsTurn(item.data())));
        } else {
            commit.add(item, Settlement.again(FailedRecord.deferred(spec.stage(), overflow, clock.instant())));
        }
    }

    /** Without a permit, for nothing is called any more. */
    private void expire(WorkItem item) {
        if (item.partition().begin()) {
            var _ = Thread.ofVirtual().start(() -> settle(item, () -> execution.expired(item.data())));
        }
    }

    private void measure() {
        long lag = 0;
        long netLag = 0;
        for (AssignedPartition partition : assigned.values()) {
            if (!partition.ofRetries()) {
                long unread = consumer.currentLag(partition.name()).orElse(0);
                lag += unread + partition.span();
                netLag += unread + partition.open();
            }
        }
        backlog.set(dispatcher.waiting(), timer.held(), lag, netLag);
    }

    private AssignedPartition partition(TopicPartition name) {
        return Objects.requireNonNull(assigned.get(name), "record of a partition that is not assigned");
    }

    private void pauseAndResume() {
        Set<TopicPartition> paused = consumer.paused();
        List<TopicPartition> toPause = new ArrayList<>();
        List<TopicPartition> toResume = new ArrayList<>();
        assigned.forEach((name, partition) -> {
            int open = partition.open();
            int most = partition.ofRetries() ? HELD : spec.policies().maxInFlight() + READ_AHEAD;
            // Records that somebody waits for may stand behind those that may wait.
            int room = Math.min(most - open + partition.bulkWaiting(), HELD - open);
            boolean full = room <= 0 || !partition.hasRoom() || delayedRetryReader.sleeps(name);
            if (full && !paused.contains(name)) {
                toPause.add(name);
            } else if (!full && room >= KafkaClients.MAX_POLL_RECORDS && paused.contains(name)) {
                toResume.add(name);
            }
        });
        consumer.pause(toPause);
        consumer.resume(toResume);
    }

    private void work(WorkItem item, Permit permit) {
        settle(item, () -> execution.execute(item.data(), permit));
    }

    private interface Work {
        Settlement settlement() throws InterruptedException;
    }

    private void settle(WorkItem item, Work work) {
        boolean handedOver = false;
        try {
            commit.add(item, work.settlement());
            handedOver = true;
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
        } finally {
            if (!handedOver) {
                broken = true;
                item.partition().end();
            }
        }
    }

    /**
     * Starts nothing more and waits for what is at work, for the drain time at most. Goes on polling, though it takes
     * nothing: a member that does not would miss the group's next generation, and its last results would be refused.
     */
    private void drainAndStay() {
        stopBy = System.nanoTime() + spec.policies().drain().toNanos();
        assigned.values().forEach(AssignedPartition::stopAdmitting);
        while (commit.working() && !settled(assigned.values()) && !tooLate(stopBy)) {
            commit.commitAs(consumer.groupMetadata());
            consumer.pause(consumer.assignment());
            var _ = consumer.poll(POLL);
            lastPoll = System.nanoTime();
        }
    }

    /** Starts nothing more of these partitions, and waits for what they have at work, for the drain time at most. */
    private void drain(Collection<AssignedPartition> partitions) {
        partitions.forEach(AssignedPartition::stopAdmitting);
        long giveUp =
                stopBy == null ? System.nanoTime() + spec.policies().drain().toNanos() : stopBy;
        try {
            while (commit.working() && !settled(partitions) && !tooLate(giveUp)) {
                commit.commitAs(consumer.groupMetadata());
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean tooLate(long giveUp) {
        boolean late = System.nanoTime() - giveUp > 0;
        if (late) {
            log.warn(
                    "calls still under way after the drain time of {} are given up",
                    spec.policies().drain());
        }
        return late;
    }

    private static boolean settled(Collection<AssignedPartition> partitions) {
        return partitions.stream().allMatch(AssignedPartition::settled);
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
            names.forEach(name -> assigned.put(
                    name,
                    new AssignedPartition(
                            name, !name.topic().equals(spec.stage().workTopic()), committed.get(name))));
            if (stopBy != null) {
                assigned.values().forEach(AssignedPartition::stopAdmitting);
            }
            joined = true;
            log.info("assigned {}", names);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> names) {
            drain(leaving(names));
            onPartitionsLost(names);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> names) {
            commit.fence(leaving(names));
            names.forEach(assigned::remove);
            names.forEach(delayedRetryReader::forget);
            log.info("gave up {}", names);
        }

        private List<AssignedPartition> leaving(Collection<TopicPartition> names) {
            return names.stream().map(assigned::get).filter(Objects::nonNull).toList();
        }
    }
}
