package io.pawline.stage.commit;

import io.pawline.stage.ledger.Ledger;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what finished tasks have to say and commits their offsets, in one transaction for all that finished since the
 * last one (<a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-447">KIP-447</a>). While one transaction runs,
 * and for a few times as long after it, the next one's results gather: the batches grow with the load by themselves, of
 * this process and of the broker.
 *
 * <p>Results are kept until a transaction with them succeeds: an outage of the broker, however long, repeats no call. Only
 * where a transaction's fate cannot be known, the {@linkplain #failure() failure} ends the session, and the next one
 * starts from what the broker has.
 */
public final class GroupCommit implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);
    private static final int MAX_BATCH = 1_000;
    private static final long FIRST_WAIT_MILLIS = 20;
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    /** A transaction is followed by a pause so many times as long, so that under load they take a quarter of the time. */
    private static final int PAUSE_BY_DURATION = 3;

    /** The longest pause for that reason, by the shortest: what waits in it is repeated after a kill. */
    private static final int LONGEST_PAUSE = 5;

    /** How long a record that no topic takes waits before it is tried again; it stays open meanwhile. */
    private static final long BEFORE_TRYING_REFUSED_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** What to publish instead of a settlement that a topic refuses for its size. */
    public interface Substitute {
        Settlement tooLarge(WorkItem item) throws InterruptedException;
    }

    private record Finished(WorkItem item, Settlement settlement, boolean substituted) {}

    private final TransactionalPublisher publisher;
    private final Substitute substitute;
    private final Ledger ledger;
    private final Duration interval;
    private final StageMetrics metrics;
    private final LinkedBlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
    /** What the next transactions carry, one each: one batch as a rule, its parts where a record in it is too large. */
    private final Deque<List<Finished>> batches = new ArrayDeque<>();
    /** Those that no topic takes in any form. */
    private final List<Finished> setAside = new ArrayList<>();

    private long setAsideSince;
    private long nextCommit = System.nanoTime();
    private long wait = FIRST_WAIT_MILLIS;

    /** Held during a transaction, so that a partition is never fenced in the middle of one. */
    private final ReentrantLock transaction = new ReentrantLock();

    private final Thread thread;
    /** Handed over, and neither committed nor given up. */
    private final AtomicInteger uncommitted = new AtomicInteger();

    private volatile @Nullable ConsumerGroupMetadata member;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean closed;
    /** Nothing is taken from {@link #finished} any more. */
    private volatile boolean ended;

    /** @param interval least time between two transactions */
    public GroupCommit(
            Supplier<Producer<byte[], byte[]>> producers,
            Substitute substitute,
            Ledger ledger,
            Duration interval,
            StageMetrics metrics,
            String name) {
        this.publisher = new TransactionalPublisher(producers);
        this.substitute = substitute;
        this.ledger = ledger;
        this.interval = interval;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().daemon().name(name + "-commit").unstarted(this::run);
    }

    /**
     * Settles a predecessor's open transaction, so that the offsets read next are the final ones, and begins.
     *
     * @throws KafkaException if the broker cannot be reached
     */
    public void start() {
        publisher.begin();
        thread.start();
    }

    /** Hands over a finished task; after the end it is dropped, for another session has its record by then. */
    public void add(WorkItem item, Settlement settlement) {
        Finished done = new Finished(item, settlement, false);
        uncommitted.incrementAndGet();
        finished.add(done);
        // Whoever takes it out drops it, also where the end came in between.
        if (ended && finished.remove(done)) {
            drop(done);
        }
    }

    /** Whom the commits are for, as the group has it now: an older membership is refused by the broker. */
    public void commitAs(ConsumerGroupMetadata current) {
        member = current;
    }

    /** After this, no transaction carries anything of these partitions. */
    public void fence(Iterable<AssignedPartition> partitions) {
        transaction.lock();
        try {
            partitions.forEach(AssignedPartition::fence);
        } finally {
            transaction.unlock();
        }
    }

    /** Why this can commit no more, if so. */
    @Nullable
    public RuntimeException failure() {
        return failure;
    }

    /** Tasks handed over whose results are not committed yet: what a kill would have done again. */
    public int uncommitted() {
        return uncommitted.get();
    }

    /** Whether what is handed over has a chance to be committed. */
    public boolean working() {
        return failure == null && !closed;
    }

    private void run() {
        try {
            while (!closed) {
                if (batches.isEmpty()) {
                    gather();
                } else {
                    advance();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fatal) {
            failure = fatal;
        } finally {
            dropAll();
        }
    }

    /** Makes a batch of what has finished by now; the first to finish waits until the pause since the last is over. */
    private void gather() throws InterruptedException {
        List<Finished> batch = takeBackSetAside();
        if (batch.isEmpty()) {
            Finished first = finished.poll(100, TimeUnit.MILLISECONDS);
            if (first == null) {
                return;
            }
            batch.add(first);
            TimeUnit.NANOSECONDS.sleep(nextCommit - System.nanoTime());
        }
        finished.drainTo(batch, MAX_BATCH - batch.size());
        batches.add(batch);
    }

    /** Tries to be done with the first batch. */
    private void advance() throws InterruptedException {
        List<Finished> batch = batches.getFirst();
        switch (commit(batch)) {
            case COMMITTED -> {
                batches.removeFirst();
                wait = FIRST_WAIT_MILLIS;
            }
            case FAILED -> {
                TimeUnit.MILLISECONDS.sleep(wait);
                wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
            }
            case TOO_LARGE -> {
                batches.removeFirst();
                findTooLarge(batch);
            }
        }
    }

    /** How long after a transaction the next one may begin, by how long it took; both in nanoseconds. */
    static long pauseAfter(long nanos, long shortest) {
        return Math.clamp(PAUSE_BY_DURATION * nanos, shortest, LONGEST_PAUSE * shortest);
    }

    private TransactionalPublisher.Result commit(List<Finished> batch) {
        transaction.lock();
        try {
            dropFenced(batch);
            if (batch.isEmpty()) {
                return TransactionalPublisher.Result.COMMITTED;
            }
            ConsumerGroupMetadata current = member;
            if (current == null) {
                return TransactionalPublisher.Result.FAILED;
            }
            long started = System.nanoTime();
            List<ProducerRecord<byte[], byte[]>> records = batch.stream()
                    .flatMap(done -> done.settlement().records().stream())
                    .toList();
            TransactionalPublisher.Result result = publisher.publish(records, positionsAfter(batch), current);
            if (result == TransactionalPublisher.Result.COMMITTED) {
                long now = System.nanoTime();
                metrics.committed(Duration.ofNanos(now - started));
                // One that was full has left others behind, which have gathered long enough
                nextCommit = batch.size() < MAX_BATCH ? now + pauseAfter(now - started, interval.toNanos()) : now;
                batch.forEach(this::settled);
            }
            return result;
        } finally {
            transaction.unlock();
        }
    }

    private void settled(Finished done) {
        end(done);
        if (done.settlement().last()) {
            metrics.left(done.item().data());
        }
    }

    /** In halves, since the client does not say which it was: the others are not to suffer. */
    private void findTooLarge(List<Finished> batch) throws InterruptedException {
        // Not all of them are in the next transaction, so it must not count them as completed.
        batch.forEach(done -> done.item().reopen());
        if (batch.size() > 1) {
            int half = batch.size() / 2;
            batches.addFirst(new ArrayList<>(batch.subList(half, batch.size())));
            batches.addFirst(new ArrayList<>(batch.subList(0, half)));
        } else {
            replaceTooLarge(batch.getFirst());
        }
    }

    /** A result that is too large becomes a failure; a record that is too large even as a dead letter stays open. */
    private void replaceTooLarge(Finished done) throws InterruptedException {
        if (!done.substituted()) {
            Settlement instead = substitute.tooLarge(done.item());
            batches.addFirst(new ArrayList<>(List.of(
                    new Finished(done.item(), instead.after(done.settlement().calls()), true))));
            return;
        }
        log.error(
                "no topic takes the record at {} offset {} for its size, it stays open: raise max.message.bytes of the"
                        + " stage's dead-letter topic",
                done.item().partition().name(),
                done.item().data().offset());
        setAside.add(done);
        setAsideSince = System.nanoTime();
        end(done);
    }

    private List<Finished> takeBackSetAside() {
        List<Finished> back = new ArrayList<>();
        if (!setAside.isEmpty() && System.nanoTime() - setAsideSince > BEFORE_TRYING_REFUSED_NANOS) {
            for (Finished done : setAside) {
                if (done.item().partition().begin()) {
                    uncommitted.incrementAndGet();
                    back.add(done);
                } else {
                    orphan(done);
                }
            }
            setAside.clear();
        }
        return back;
    }

    private void dropFenced(List<Finished> batch) {
        batch.removeIf(done -> {
            boolean fenced = done.item().partition().fenced();
            if (fenced) {
                drop(done);
            }
            return fenced;
        });
    }

    /** Nothing is committed any more: the ledger is told of the calls whose results go with this. */
    private void dropAll() {
        ended = true;
        if (publisher.fateUnknown()) {
            batches.removeFirst();
        }
        List<Finished> rest = new ArrayList<>();
        batches.forEach(rest::addAll);
        finished.drainTo(rest);
        rest.forEach(this::drop);
        setAside.forEach(this::orphan);
    }

    private void drop(Finished done) {
        orphan(done);
        end(done);
    }

    private void end(Finished done) {
        uncommitted.decrementAndGet();
        done.item().partition().end();
    }

    private void orphan(Finished done) {
        log.warn(
                "a finished attempt is dropped, since {} went elsewhere while it ran (offset {})",
                done.item().partition().name(),
                done.item().data().offset());
        metrics.orphaned();
        done.settlement().calls().forEach(ledger::orphaned);
    }

    /**
     * Completing before the transaction is safe: the results stay in the batch until a transaction succeeds, and every
     * later one carries them; where one does not, they are opened again.
     */
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

    /** Stops committing; what is not committed by now is left to the next session. */
    @Override
    public void close() {
        closed = true;
        publisher.giveUp();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                thread.interrupt();
            }
            publisher.close();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
