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
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what finished tasks have to say and commits their offsets, in one transaction for all that finished since the
 * last one (<a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-447">KIP-447</a>). While one transaction runs,
 * the next one's results gather, so the batches grow with the load by themselves.
 *
 * <p>A transaction that fails is aborted and tried again whole, with results kept until one succeeds: an outage of the
 * broker, however long, repeats no call. A producer that is of no more use is replaced. Only where a transaction's fate
 * cannot be known, the {@linkplain #failure() failure} ends the session, and the next one starts from what the broker has.
 */
final class GroupCommit implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);
    private static final int MAX_BATCH = 1_000;
    private static final long FIRST_WAIT_MILLIS = 20;
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private record Finished(WorkItem item, List<ProducerRecord<byte[], byte[]>> records) {}

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final StageMetrics metrics;
    private final LinkedBlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
    /** Held during a transaction, so that a partition is never fenced in the middle of one. */
    private final ReentrantLock transaction = new ReentrantLock();

    private final Thread thread;
    private Producer<byte[], byte[]> producer;
    private volatile @Nullable ConsumerGroupMetadata member;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean closed;

    GroupCommit(Supplier<Producer<byte[], byte[]>> producers, StageMetrics metrics, String name) {
        this.producers = producers;
        this.producer = producers.get();
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().daemon().name(name + "-commit").unstarted(this::run);
    }

    /**
     * Settles a predecessor's open transaction, so that the offsets read next are the final ones, and begins.
     *
     * @throws KafkaException if the broker cannot be reached
     */
    void start() {
        producer.initTransactions();
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
        } catch (KafkaException failed) {
            return abort(batch, failed);
        }
        boolean askedBefore = false;
        while (true) {
            try {
                producer.commitTransaction();
                return true;
            } catch (TimeoutException noAnswer) {
                giveUpIfClosed(noAnswer);
                askedBefore = true;
            } catch (KafkaException failed) {
                if (askedBefore && producerIsLost(failed)) {
                    throw new UnknownFate(failed);
                }
                return abort(batch, failed);
            }
        }
    }

    /** Leaves nothing of the transaction behind; always false, for the caller to say that it failed. */
    private boolean abort(List<Finished> batch, KafkaException failure) {
        log.warn("a transaction of {} tasks failed and is tried again: {}", batch.size(), failure.toString());
        while (true) {
            try {
                producer.abortTransaction();
                return false;
            } catch (TimeoutException noAnswer) {
                giveUpIfClosed(noAnswer);
            } catch (KafkaException lost) {
                giveUpIfClosed(lost);
                replaceProducer();
                return false;
            }
        }
    }

    /** Its successor has the same transactional id, and so aborts what it left open. */
    private void replaceProducer() {
        producer.close(Duration.ZERO);
        while (true) {
            producer = producers.get();
            try {
                producer.initTransactions();
                return;
            } catch (KafkaException notYet) {
                producer.close(Duration.ZERO);
                giveUpIfClosed(notYet);
            }
        }
    }

    private void giveUpIfClosed(KafkaException failure) {
        if (closed) {
            throw failure;
        }
    }

    private static boolean producerIsLost(KafkaException failure) {
        return failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException;
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        // In a transaction, a send that fails fails the commit.
        var _ = producer.send(record);
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
            producer.close(Duration.ofSeconds(5));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** A transaction that may or may not have been committed. */
    private static final class UnknownFate extends KafkaException {
        private static final long serialVersionUID = 1;

        private UnknownFate(KafkaException lost) {
            super("no answer whether a transaction was committed", lost);
        }
    }
}
