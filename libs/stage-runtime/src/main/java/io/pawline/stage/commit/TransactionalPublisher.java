package io.pawline.stage.commit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes messages and offsets in one Kafka transaction at a time: all of them or none. A transaction that fails is
 * aborted and leaves nothing behind, so it may be tried again. A producer that is of no more use is replaced. Used by
 * one thread, but for {@link #giveUp}.
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
        /** Nothing of it was published, because a topic takes no record as large as one of these. */
        TOO_LARGE
    }

    /** The wait before the first new try of what has failed. */
    static final long FIRST_WAIT_MILLIS = 20;

    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private final Supplier<Producer<byte[], byte[]>> producers;

    /** Is null before the beginning, and while a lost producer could not be replaced. */
    private @Nullable Producer<byte[], byte[]> producer;

    private boolean fateUnknown;
    private volatile boolean tooLarge;
    private final CountDownLatch givenUp = new CountDownLatch(1);

    TransactionalPublisher(Supplier<Producer<byte[], byte[]>> producers) {
        this.producers = producers;
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
        tooLarge = false;
        try {
            producer().beginTransaction();
            records.forEach(this::send);
            producer().sendOffsetsToTransaction(positions, member);
        } catch (KafkaException failed) {
            return abort(failed);
        }
        return commit();
    }

    /** Says whether the broker was asked to commit the last transaction, and has not answered. */
    boolean fateUnknown() {
        return fateUnknown;
    }

    /** Ends the waiting for answers of the broker. */
    void giveUp() {
        givenUp.countDown();
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        // In a transaction, a send that fails fails the commit.
        var _ = producer().send(record, (_, failure) -> {
            if (failure instanceof RecordTooLargeException) {
                tooLarge = true;
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

    private Result abort(KafkaException failure) throws InterruptedException {
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
        return tooLarge ? Result.TOO_LARGE : Result.FAILED;
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
        if (givenUp.await(waitMillis, TimeUnit.MILLISECONDS)) {
            throw failure;
        }
    }

    private void throwIfGivenUp(KafkaException failure) {
        if (givenUp.getCount() == 0) {
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
