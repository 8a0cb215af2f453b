package io.pawline.stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what finished tasks have to say and commits their offsets, in one transaction for all that finished since the
 * last one (<a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-447">KIP-447</a>). While one transaction runs,
 * the next one's results gather, so the batches grow with the load by themselves.
 *
 * <p>A transaction that fails is aborted and tried again whole, with results kept until one succeeds. Where its fate
 * cannot be known, the {@linkplain #failure() failure} ends the session, and the next one starts from what the broker has.
 */
final class GroupCommit implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);
    private static final int MAX_BATCH = 1_000;
    private static final long FIRST_WAIT_MILLIS = 20;
    private static final long LONGEST_WAIT_MILLIS = 1_000;
    private static final int COMMIT_TRIES = 3;

    private record Finished(WorkItem item, List<ProducerRecord<byte[], byte[]>> records) {}

    private final Producer<byte[], byte[]> producer;
    private final StageMetrics metrics;
    private final LinkedBlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
    /** Held during a transaction, so that a partition is never fenced in the middle of one. */
    private final ReentrantLock transaction = new ReentrantLock();

    private final Thread thread;
    private volatile @Nullable ConsumerGroupMetadata member;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean closed;

    GroupCommit(Producer<byte[], byte[]> producer, StageMetrics metrics, String name) {
        this.producer = producer;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().daemon().name(name + "-commit").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Hands over a finished task; after the end it is dropped, for another session has its record by then. */
    void add(WorkItem item, List<ProducerRecord<byte[], byte[]>> records) {
        if (closed) {
            drop(item);
        } else {
            finished.add(new Finished(item, records));
        }
    }

    /** Whom the commits are for, as the group has it now: an older membership is refused by the broker. */
    void commitAs(ConsumerGroupMetadata current) {
        member = current;
    }

    /** After this, no transaction carries anything of these partitions. */
    void fence(Iterable<AssignedPartition> partitions) {
        transaction.lock();
        try {
            partitions.forEach(AssignedPartition::fence);
        } finally {
            transaction.unlock();
        }
    }

    /** Why this can commit no more, if so. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    private void run() {
        List<Finished> batch = new ArrayList<>();
        long wait = FIRST_WAIT_MILLIS;
        try {
            while (!closed) {
                if (batch.isEmpty()) {
                    Finished first = finished.poll(100, TimeUnit.MILLISECONDS);
                    if (first == null) {
                        continue;
                    }
                    batch.add(first);
                }
                finished.drainTo(batch, MAX_BATCH - batch.size());
                if (commit(batch)) {
                    batch.clear();
                    wait = FIRST_WAIT_MILLIS;
                } else {
                    TimeUnit.MILLISECONDS.sleep(wait);
                    wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fatal) {
            failure = fatal;
        }
    }

    /** Whether the batch is done with: committed, or dropped where its partitions are no longer ours. */
    private boolean commit(List<Finished> batch) {
        transaction.lock();
        try {
            dropFenced(batch);
            ConsumerGroupMetadata current = member;
            if (batch.isEmpty() || current == null) {
                return batch.isEmpty();
            }
            long started = System.nanoTime();
            if (!transact(batch, current)) {
                return false;
            }
            metrics.committed(Duration.ofNanos(System.nanoTime() - started));
            batch.forEach(done -> done.item().partition().end());
            return true;
        } finally {
            transaction.unlock();
        }
    }

    private void dropFenced(List<Finished> batch) {
        batch.removeIf(done -> {
            boolean fenced = done.item().partition().fenced();
            if (fenced) {
                drop(done.item());
            }
            return fenced;
        });
    }

    private void drop(WorkItem item) {
        log.warn(
                "a finished attempt is dropped, since {} went elsewhere while it ran (offset {})",
                item.partition().name(),
                item.data().offset());
        metrics.orphaned();
        item.partition().end();
    }

    private boolean transact(List<Finished> batch, ConsumerGroupMetadata current) {
        try {
            producer.beginTransaction();
            batch.forEach(done -> done.records().forEach(this::send));
            producer.sendOffsetsToTransaction(positionsAfter(batch), current);
            commitTransaction();
            return true;
        } catch (ProducerFencedException
                | OutOfOrderSequenceException
                | AuthorizationException
                | UnsupportedVersionException
                | UnknownFate fatal) {
            throw fatal;
        } catch (KafkaException failed) {
            log.warn("a transaction of {} tasks failed and is tried again: {}", batch.size(), failed.toString());
            producer.abortTransaction();
            return false;
        }
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        // In a transaction, a send that fails fails the commit.
        var _ = producer.send(record);
    }

    /** Asking again is allowed after a time-out; after that, whether it was committed is for the broker to say. */
    private void commitTransaction() {
        for (int tried = 1; ; tried++) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException noAnswer) {
                if (tried == COMMIT_TRIES) {
                    throw new UnknownFate(noAnswer);
                }
            }
        }
    }

    /**
     * Completing before the transaction is safe: the results stay in the batch until a transaction succeeds, and every
     * later one carries them.
     */
    private static Map<TopicPartition, OffsetAndMetadata> positionsAfter(List<Finished> batch) {
        Set<AssignedPartition> touched = new HashSet<>();
        for (Finished done : batch) {
            done.item().partition().complete(done.item());
            touched.add(done.item().partition());
        }
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        touched.forEach(partition -> positions.put(partition.name(), partition.position()));
        return positions;
    }

    /** Stops committing; what is not committed by now is left to the next session. */
    @Override
    public void close() {
        closed = true;
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                thread.interrupt();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** A transaction that may or may not have been committed. */
    private static final class UnknownFate extends KafkaException {
        private static final long serialVersionUID = 1;

        private UnknownFate(TimeoutException noAnswer) {
            super("no answer whether a transaction was committed", noAnswer);
        }
    }
}
