package io.pawline.stage.commit;

import io.pawline.stage.Scheduler;
import io.pawline.stage.commit.CommitBatches.Finished;
import io.pawline.stage.ledger.Ledger;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the results of finished tasks and commits their offsets, in one Kafka transaction for all tasks that have
 * finished since the last one.
 *
 * <p>Results are kept until a transaction with them succeeds. So an outage of the broker, however long, repeats no
 * call. The {@linkplain #failure() failure} ends the session only if the fate of a transaction cannot be known. The
 * next session then starts from what the broker has. Thread-safe.
 */
public final class GroupCommit implements AutoCloseable {

    /*
     * A result and the offset of its record must become visible together, or a killed process repeats or loses a task.
     * Kafka has the means: messages and offsets in one transaction (KIP-98), committed on behalf of the consumer group.
     * The broker checks the generation of the membership that is handed over with the offsets (KIP-447). So one
     * producer serves all partitions of a process, and a member that the group has lost cannot commit.
     *
     * A partition that leaves in good order is fenced with a mark, and nobody waits for a transaction under way. That
     * one carries the generation from before the fence. If its offsets reach the broker before the group has moved on,
     * the next owner waits for its end (KIP-447: a fetch of stable offsets). If they come later, the broker refuses
     * their generation, and the next try leaves out what is fenced. So the membership is read before the marks: offsets
     * of a fenced partition never go with a newer generation. A lock here made the poll thread wait for a transaction
     * coordinator that was stuck, for longer than the liveness allows.
     *
     * A transaction is several requests to the broker and their answers, whatever it carries. So finished tasks share
     * one, as databases share one write to the log among many transactions ("group commit", DeWitt et al.,
     * Implementation Techniques for Main Memory Database Systems, SIGMOD 1984). Nobody has to choose the size of a
     * batch. Results that finish during a transaction, and in the pause after it, gather for the next one. The pause is
     * three times as long as the transaction was, but at least the commit interval and at most five intervals. It
     * follows the load of this process and of the broker. A full batch has left others behind and is followed at once.
     * The first result after a quiet time is committed at once. What waits in the pause is repeated after a kill, hence
     * the upper bound.
     *
     * Rejected, with figures of the whole pipeline, one run each:
     * - No longer pause under load: 22.8 ms of processor time a task, 81.7 tasks a second.
     * - A fixed pause of 50 ms: 3.6 ms less a task, 97.5 tasks a second. But at 20 tasks a second, half of the tasks
     *   took 112 ms and more instead of 77. A pause that follows the load has both advantages.
     * - Offsets in a transaction of their own: a crash in between doubles or loses results.
     * - A transaction that gets no answer is aborted: it may have been committed, so its results would go twice. It is
     *   asked for again until there is an answer. If the broker has fenced the producer by then, nobody can know, and
     *   the session ends.
     *
     * Completing a record before its transaction is safe. The results stay in the batch until a transaction succeeds,
     * and every later transaction carries them. If one does not, as after a split, its records are opened again.
     *
     * See https://cwiki.apache.org/confluence/display/KAFKA/KIP-98+-+Exactly+Once+Delivery+and+Transactional+Messaging
     * and https://cwiki.apache.org/confluence/display/KAFKA/KIP-447%3A+Producer+scalability+for+exactly+once+semantics
     */

    /** The pause after a transaction is so many times as long: under load, transactions take a quarter of the time. */
    private static final int PAUSE_BY_DURATION = 3;

    /** The longest pause for that reason is so many times the shortest. */
    private static final int LONGEST_PAUSE = 5;

    /** Makes what is published instead of a settlement whose records a topic refuses, as for their size. */
    public interface Substitute {
        Settlement of(WorkItem item, Exception refusal) throws InterruptedException;
    }

    private final TransactionalPublisher publisher;
    private final CommitBatches batches;
    private final Duration interval;
    private final StageMetrics metrics;
    private final Scheduler scheduler;
    private final Scheduler.Worker thread;

    private long nextCommit;
    private long lastTookNanos;
    private long wait = TransactionalPublisher.FIRST_WAIT_MILLIS;
    private volatile @Nullable ConsumerGroupMetadata member;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean closed;

    /** @param interval least time between two transactions */
    public GroupCommit(
            Supplier<Producer<byte[], byte[]>> producers,
            Substitute substitute,
            Ledger ledger,
            Duration interval,
            StageMetrics metrics,
            Scheduler scheduler,
            String name) {
        this.scheduler = scheduler;
        this.nextCommit = scheduler.nanoTime();
        this.publisher = new TransactionalPublisher(producers, scheduler);
        this.batches = new CommitBatches(substitute, publisher::knows, ledger, metrics, scheduler);
        this.interval = interval;
        this.metrics = metrics;
        this.thread = scheduler.platformThread(name + "-commit", true, this::run);
    }

    /**
     * Settles a predecessor's open transaction, so that the offsets read next are the final ones, and begins.
     *
     * @throws KafkaException if the broker cannot be reached; {@link #close} then closes what was opened
     */
    public void start() {
        publisher.begin();
        thread.start();
    }

    /** Hands over a finished task. After the end it is dropped, for another session has its record by then. */
    public void add(WorkItem item, Settlement settlement) {
        batches.add(item, settlement);
    }

    /** Sets the membership for which offsets are committed. The broker refuses an older one. */
    public void commitAs(ConsumerGroupMetadata current) {
        member = current;
    }

    /**
     * Bars these partitions: no transaction that begins after this carries anything of them. The broker refuses one
     * under way as soon as the group has moved on. Never waits.
     */
    public void fence(Iterable<AssignedPartition> partitions) {
        partitions.forEach(AssignedPartition::fence);
    }

    /** Returns why this can commit no more; null if it can. */
    @Nullable
    public RuntimeException failure() {
        return failure;
    }

    /** Counts the tasks that were handed over and are not committed yet. A kill would repeat them. */
    public int uncommitted() {
        return batches.uncommitted();
    }

    /** Counts those of them that wait for a topic that takes nothing now. */
    public int held() {
        return batches.held();
    }

    /** Says whether tasks that are handed over now can still be committed. */
    public boolean working() {
        return failure == null && !closed;
    }

    private void run() {
        try {
            while (!closed) {
                if (batches.isEmpty()) {
                    batches.gather(nextCommit);
                } else {
                    advance();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fatal) {
            failure = fatal;
        } catch (Error fatal) {
            // The session ends and another begins: a stage whose results nobody commits must not look alive
            failure = new IllegalStateException("the commit thread died", fatal);
            throw fatal;
        } finally {
            batches.dropAll(publisher.fateUnknown());
        }
    }

    /** Tries to commit the first batch. */
    private void advance() throws InterruptedException {
        switch (commit(batches.first())) {
            case COMMITTED -> {
                batches.removeFirst();
                wait = TransactionalPublisher.FIRST_WAIT_MILLIS;
            }
            case FAILED -> {
                scheduler.sleep(Duration.ofMillis(wait));
                wait = TransactionalPublisher.longer(wait);
            }
            case RECORD_REFUSED -> batches.splitFirst(publisher.refusal());
            case TOPIC_REFUSED -> batches.divideFirst(publisher.refusal(), lastTookNanos);
        }
    }

    /** Returns the pause after a transaction that took so long; all values are nanoseconds. */
    static long pauseAfter(long nanos, long shortest) {
        return Math.clamp(PAUSE_BY_DURATION * nanos, shortest, LONGEST_PAUSE * shortest);
    }

    private TransactionalPublisher.Result commit(List<Finished> batch) throws InterruptedException {
        // Before the marks of the fence are read: see above
        ConsumerGroupMetadata current = member;
        batches.dropFenced(batch);
        if (batch.isEmpty()) {
            return TransactionalPublisher.Result.COMMITTED;
        }
        if (current == null) {
            return TransactionalPublisher.Result.FAILED;
        }
        long started = scheduler.nanoTime();
        List<ProducerRecord<byte[], byte[]>> records = batch.stream()
                .flatMap(done -> done.settlement().records().stream())
                .toList();
        TransactionalPublisher.Result result = publisher.publish(records, positionsAfter(batch), current);
        long now = scheduler.nanoTime();
        lastTookNanos = now - started;
        if (result == TransactionalPublisher.Result.COMMITTED) {
            metrics.committed(Duration.ofNanos(lastTookNanos));
            boolean full = batch.size() >= CommitBatches.MAX_BATCH;
            nextCommit = full ? now : now + pauseAfter(lastTookNanos, interval.toNanos());
            batches.committed(batch);
        }
        return result;
    }

    /** Completes the records of a batch and returns where that leaves their partitions. */
    private static Map<TopicPartition, OffsetAndMetadata> positionsAfter(List<Finished> batch) {
        Set<AssignedPartition> touched = new HashSet<>();
        for (Finished done : batch) {
            done.item().complete();
            touched.add(done.item().partition());
        }
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        touched.forEach(partition -> positions.put(partition.name(), partition.position()));
        return positions;
    }

    /** Stops committing. What is not committed by now is left to the next session. */
    @Override
    public void close() {
        closed = true;
        publisher.giveUp();
        try {
            // A thread whose start failed cannot be joined.
            if (thread.isAlive() && !thread.join(Duration.ofSeconds(5))) {
                thread.interrupt();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            publisher.close();
        }
    }
}
