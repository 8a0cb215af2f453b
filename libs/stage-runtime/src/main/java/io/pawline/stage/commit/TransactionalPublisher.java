package io.pawline.stage.commit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes messages and offsets in one Kafka transaction at a time: all of them or none. A transaction that fails is
 * aborted and leaves nothing behind, so it may be tried again. A producer that is of no more use is replaced. Used by
 * one thread, but for {@link #giveUp}.
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

    private final Supplier<Producer<byte[], byte[]>> producers;
    private Producer<byte[], byte[]> producer;
    private boolean fateUnknown;
    private volatile boolean tooLarge;
    private volatile boolean givenUp;

    TransactionalPublisher(Supplier<Producer<byte[], byte[]>> producers) {
        this.producers = producers;
        this.producer = producers.get();
    }

    /**
     * Settles a predecessor's open transaction.
     *
     * @throws KafkaException if the broker cannot be reached
     */
    void begin() {
        producer.initTransactions();
    }

    /**
     * Publishes these records and offsets together.
     *
     * @throws KafkaException if this was given up, or if nobody knows what became of it
     */
    Result publish(
            List<ProducerRecord<byte[], byte[]>> records,
            Map<TopicPartition, OffsetAndMetadata> positions,
            ConsumerGroupMetadata member) {
        tooLarge = false;
        try {
            producer.beginTransaction();
            records.forEach(this::send);
            producer.sendOffsetsToTransaction(positions, member);
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
        givenUp = true;
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        // In a transaction, a send that fails fails the commit.
        var _ = producer.send(record, (_, failure) -> {
            if (failure instanceof RecordTooLargeException) {
                tooLarge = true;
            }
        });
    }

    private Result commit() {
        boolean askedBefore = false;
        fateUnknown = true;
        while (true) {
            try {
                producer.commitTransaction();
                fateUnknown = false;
                return Result.COMMITTED;
            } catch (TimeoutException noAnswer) {
                throwIfGivenUp(noAnswer);
                askedBefore = true;
            } catch (KafkaException failed) {
                if (askedBefore && producerIsLost(failed)) {
                    throw new KafkaException("no answer whether a transaction was committed", failed);
                }
                return abort(failed);
            }
        }
    }

    private Result abort(KafkaException failure) {
        log.warn("a transaction failed and is tried again: {}", failure.toString());
        while (true) {
            try {
                producer.abortTransaction();
                break;
            } catch (TimeoutException noAnswer) {
                throwIfGivenUp(noAnswer);
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
    private void replaceProducer() {
        producer.close(Duration.ZERO);
        while (true) {
            producer = producers.get();
            try {
                producer.initTransactions();
                return;
            } catch (KafkaException notYet) {
                producer.close(Duration.ZERO);
                throwIfGivenUp(notYet);
            }
        }
    }

    private void throwIfGivenUp(KafkaException failure) {
        if (givenUp) {
            throw failure;
        }
    }

    private static boolean producerIsLost(KafkaException failure) {
        return failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
