package io.pawline.stage.commit;

import io.pawline.stage.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes messages and offsets in one Kafka transaction at a time: all of them or none. A transaction that fails is
 * aborted and leaves nothing behind, so it may be tried again. A producer that is of no more use is replaced. Used by
 * one thread, but for {@link #giveUp} and {@link #knows}.
 *
 * <p>A producer that cannot be made, because no name of a broker resolves, is an outage like any other.
 */
final class TransactionalPublisher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TransactionalPublisher.class);

    /** Says what became of a transaction. */
    enum Result {
        COMMITTED,
        /** Nothing of it was published. */
        FAILED,
        /** Nothing of it was published, because a topic does not take one of these records: it is too large, say. */
        RECORD_REFUSED,
        /** Nothing of it was published, because a topic takes no records now: it does not exist, say. */
        TOPIC_REFUSED
    }

    /** The wait before the first new try of what has failed. */
    static final long FIRST_WAIT_MILLIS = 20;

    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private final Supplier<Producer<byte[], byte[]>> producers;

    /** Is null before the beginning, and while a lost producer could not be replaced. */
    private volatile @Nullable Producer<byte[], byte[]> producer;

    private boolean fateUnknown;

    /** Holds the first failure of a send in the last transaction. What fails after it, may fail because of it. */
    private final AtomicReference<@Nullable Exception> refusal = new AtomicReference<>();

    private final Scheduler.Signal givenUp;

    TransactionalPublisher(Supplier<Producer<byte[], byte[]>> producers, Scheduler scheduler) {
        this.producers = producers;
        this.givenUp = scheduler.signal();
    }

    /**
     * Makes the producer and settles a predecessor's open transaction. Whoever calls this also calls {@link #close}.
     *
     * @throws KafkaException if the broker cannot be reached
     */
    void begin() {
        Producer<byte[], byte[]> first = producers.get();
        producer = first;
        first.initTransactions();
    }

    private Producer<byte[], byte[]> producer() {
        return Objects.requireNonNull(producer, "a publisher that has not begun publishes nothing");
    }

    /**
     * Publishes these records and offsets together.
     *
     * @throws KafkaException if this was given up, or if nobody knows what became of it
     */
    Result publish(
            List<ProducerRecord<byte[], byte[]>> records,
            Map<TopicPartition, OffsetAndMetadata> positions,
            ConsumerGroupMetadata member)
            throws InterruptedException {
        refusal.set(null);
        try {
            producer().beginTransaction();
            for (ProducerRecord<byte[], byte[]> record : records) {
                send(record);
                Exception refused = refusal.get();
                if (refused != null) {
                    // The client may have waited long for the topic, and would for the next record, too
                    return abort(refused);
                }
            }
            producer().sendOffsetsToTransaction(positions, member);
        } catch (KafkaException failed) {
            return abort(failed);
        }
        return commit();
    }

    /** Returns why a topic or a record was refused in the last transaction. */
    Exception refusal() {
        return Objects.requireNonNull(refusal.get(), "nothing was refused");
    }

    /** Says whether the broker knows these topics; may wait for its answer. Any thread may call this. */
    boolean knows(Set<String> topics) {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            return false;
        }
        try {
            topics.forEach(current::partitionsFor);
            return true;
        } catch (KafkaException | IllegalStateException notNow) {
            return false;
        }
    }

    /** Says whether the broker was asked to commit the last transaction, and has not answered. */
    boolean fateUnknown() {
        return fateUnknown;
    }

    /** Ends the waiting for answers of the broker. */
    void giveUp() {
        givenUp.give();
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        // In a transaction, a send that fails fails the commit.
        var _ = producer().send(record, (_, failure) -> {
            if (failure != null) {
                refusal.compareAndSet(null, failure);
            }
        });
    }

    private Result commit() throws InterruptedException {
        boolean askedBefore = false;
        fateUnknown = true;
        for (long wait = FIRST_WAIT_MILLIS; ; wait = longer(wait)) {
            try {
                producer().commitTransaction();
                fateUnknown = false;
                return Result.COMMITTED;
            } catch (TimeoutException noAnswer) {
                log.warn("no answer whether a transaction is committed, asking again: {}", noAnswer.getMessage());
                askedBefore = true;
                awaitNextTry(wait, noAnswer);
            } catch (KafkaException failed) {
                if (askedBefore && producerIsLost(failed)) {
                    throw new KafkaException("no answer whether a transaction was committed", failed);
                }
                return abort(failed);
            }
        }
    }

    private Result abort(Exception failure) throws InterruptedException {
        log.warn("a transaction failed and is tried again: {}", failure.toString());
        for (long wait = FIRST_WAIT_MILLIS; ; wait = longer(wait)) {
            try {
                producer().abortTransaction();
                break;
            } catch (TimeoutException noAnswer) {
                awaitNextTry(wait, noAnswer);
            } catch (KafkaException lost) {
                throwIfGivenUp(lost);
                replaceProducer();
                break;
            }
        }
        fateUnknown = false;
        return switch (refusal.get()) {
            case RecordTooLargeException _ -> Result.RECORD_REFUSED;
            case InvalidRecordException _ -> Result.RECORD_REFUSED;
            case InvalidTimestampException _ -> Result.RECORD_REFUSED;
            case RetriableException _ -> Result.TOPIC_REFUSED;
            case TopicAuthorizationException _ -> Result.TOPIC_REFUSED;
            case InvalidTopicException _ -> Result.TOPIC_REFUSED;
            case PolicyViolationException _ -> Result.TOPIC_REFUSED;
            case null, default -> Result.FAILED;
        };
    }

    /** Replaces the producer. Its successor has the same transactional id, and so aborts what it left open. */
    private void replaceProducer() throws InterruptedException {
        for (long wait = FIRST_WAIT_MILLIS; ; wait = longer(wait)) {
            close(Duration.ZERO);
            try {
                begin();
                return;
            } catch (KafkaException notYet) {
                log.warn("the broker cannot be reached, the results are kept: {}", notYet.toString());
                awaitNextTry(wait, notYet);
            }
        }
    }

    /** Returns the wait before the try after one that waited so long. */
    static long longer(long waitMillis) {
        return Math.min(2 * waitMillis, LONGEST_WAIT_MILLIS);
    }

    /** Waits, for the client may fail at once, and throws the failure if this is given up meanwhile. */
    private void awaitNextTry(long waitMillis, KafkaException failure) throws InterruptedException {
        if (givenUp.await(Duration.ofMillis(waitMillis))) {
            throw failure;
        }
    }

    private void throwIfGivenUp(KafkaException failure) {
        if (givenUp.given()) {
            throw failure;
        }
    }

    private static boolean producerIsLost(KafkaException failure) {
        return failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException;
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    private void close(Duration longest) {
        Producer<byte[], byte[]> last = producer;
        producer = null;
        if (last != null) {
            last.close(longest);
        }
    }
}
