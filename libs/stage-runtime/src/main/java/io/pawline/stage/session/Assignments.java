package io.pawline.stage.session;

import io.pawline.schemas.Stage;
import io.pawline.stage.Scheduler;
import io.pawline.stage.commit.GroupCommit;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.retry.DelayedRetryReader;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the partitions that the group has assigned to a session. A partition that leaves is drained, and then fenced.
 * Kafka calls this on the poll thread, within a poll. Used by the poll thread alone, but for {@link #joined},
 * {@link #hasFirstPartition} and {@link #stopWithinDrain}.
 */
final class Assignments implements ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(StageSession.class);

    /** The longest wait for the committed offsets, on the poll thread. After it, the session ends and another begins. */
    private static final Duration OFFSETS_WITHIN = Duration.ofSeconds(15);

    /** A drain looks so often whether it is over. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private final Stage stage;
    private final Scheduler scheduler;
    private final Duration drain;
    private final Consumer<byte[], byte[]> consumer;
    private final GroupCommit commit;
    private final DelayedRetryReader delayedRetryReader;
    private final Membership membership;
    private final Runnable dropFenced;
    private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
    private final TopicPartition firstPartition;
    private volatile boolean joined;
    private volatile boolean hasFirstPartition;

    /** Says when calls under way are given up; null until the session is asked to stop. */
    private volatile @Nullable Long stopBy;

    /** @param dropFenced lets go of the records in memory whose partitions are fenced */
    Assignments(
            Stage stage,
            Scheduler scheduler,
            Duration drain,
            Consumer<byte[], byte[]> consumer,
            GroupCommit commit,
            DelayedRetryReader delayedRetryReader,
            Membership membership,
            Runnable dropFenced) {
        this.stage = stage;
        this.firstPartition = new TopicPartition(stage.workTopic(), 0);
        this.scheduler = scheduler;
        this.drain = drain;
        this.consumer = consumer;
        this.commit = commit;
        this.delayedRetryReader = delayedRetryReader;
        this.membership = membership;
        this.dropFenced = dropFenced;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> names) {
        membership.rebalanced();
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(names), OFFSETS_WITHIN);
        names.forEach(name -> assigned.put(
                name, new AssignedPartition(name, !name.topic().equals(stage.workTopic()), committed.get(name))));
        if (stopBy != null) {
            stopAdmitting();
        }
        joined = true;
        hasFirstPartition |= names.contains(firstPartition);
        log.info("assigned {}", names);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> names) {
        membership.rebalanced();
        drain(leaving(names));
        onPartitionsLost(names);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> names) {
        commit.fence(leaving(names));
        dropFenced.run();
        names.forEach(assigned::remove);
        hasFirstPartition &= !names.contains(firstPartition);
        names.forEach(delayedRetryReader::forget);
        log.info("gave up {}", names);
    }

    private List<AssignedPartition> leaving(Collection<TopicPartition> names) {
        return names.stream().map(assigned::get).filter(Objects::nonNull).toList();
    }

    /** Says whether the session has the first partition of the work topic. */
    boolean hasFirstPartition() {
        return hasFirstPartition;
    }

    /** Says whether the group has let the session in. */
    boolean joined() {
        return joined;
    }

    /** Returns the assignment of a partition that records were read from. */
    AssignedPartition partition(TopicPartition name) {
        return Objects.requireNonNull(assigned.get(name), "record of a partition that is not assigned");
    }

    /** Returns all assignments. */
    Collection<AssignedPartition> all() {
        return assigned.values();
    }

    /** Estimates the bytes that open retries take in memory. */
    long retryBytes() {
        return assigned.values().stream()
                .filter(AssignedPartition::ofRetries)
                .mapToLong(AssignedPartition::bytes)
                .sum();
    }

    /** Lets no further record begin. */
    void stopAdmitting() {
        assigned.values().forEach(AssignedPartition::stopAdmitting);
    }

    /** Begins the drain time. A revocation that waits for calls ends with it, too. */
    void stopWithinDrain() {
        stopBy = scheduler.nanoTime() + drain.toNanos();
    }

    /** Bars all partitions, so that no paid call begins whose result nobody would commit. */
    void fenceAll() {
        commit.fence(assigned.values());
        dropFenced.run();
    }

    /**
     * Says whether, after the {@linkplain #stopWithinDrain stop}, records are still at work that can be committed in
     * time.
     */
    boolean draining() {
        long giveUp = Objects.requireNonNull(stopBy, "a session that was not stopped does not drain");
        return commit.working() && !settled(assigned.values()) && !tooLate(giveUp);
    }

    /** Starts nothing more of these partitions, and waits for what they have at work, for the drain time at most. */
    private void drain(Collection<AssignedPartition> partitions) {
        partitions.forEach(AssignedPartition::stopAdmitting);
        long ownEnd = scheduler.nanoTime() + drain.toNanos();
        try {
            while (commit.working() && !settled(partitions) && !tooLate(earlier(ownEnd, stopBy))) {
                commit.commitAs(consumer.groupMetadata());
                membership.look();
                scheduler.sleep(BETWEEN_LOOKS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static long earlier(long one, @Nullable Long other) {
        return other == null || one - other < 0 ? one : other;
    }

    private boolean tooLate(long giveUp) {
        boolean late = scheduler.nanoTime() - giveUp > 0;
        if (late) {
            log.warn("calls still under way after the drain time of {} are given up", drain);
        }
        return late;
    }

    private static boolean settled(Collection<AssignedPartition> partitions) {
        return partitions.stream().allMatch(AssignedPartition::settled);
    }
}
