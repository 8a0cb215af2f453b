package io.pawline.stage.commit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Extends Kafka's own fake of a producer, so that it fails when and how a test wants it. */
class TestingProducer extends MockProducer<byte[], byte[]> {

    enum Step {
        INIT,
        BEGIN,
        OFFSETS,
        COMMIT,
        ABORT;

        boolean ends() {
            return this == COMMIT || this == ABORT;
        }
    }

    private final Map<Step, Queue<RuntimeException>> failures = new EnumMap<>(Step.class);
    private Predicate<ProducerRecord<byte[], byte[]>> tooLarge = _ -> false;
    /** Holds the failure of each topic that takes nothing. */
    private final Map<String, RuntimeException> unwritable = new ConcurrentHashMap<>();

    /** Holds the callbacks of the transaction while its topics are only refused when it ends. */
    private final List<Callback> unanswered = new ArrayList<>();

    private boolean refusesLate;
    private @Nullable RuntimeException refusal;
    private boolean refused;
    private final AtomicInteger begun = new AtomicInteger();
    /**
     * Holds the step that got no answer. As with the real producer, a commit or an abort without an answer can only be
     * asked for again.
     */
    private Optional<Step> stepWithoutAnswer = Optional.empty();

    TestingProducer() {
        super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        for (Step step : Step.values()) {
            failures.put(step, new ArrayDeque<>());
        }
    }

    /** Lets the producer fail at its next such step; after several calls, at one after the other. */
    TestingProducer fails(Step step, RuntimeException failure) {
        queue(step).add(failure);
        return this;
    }

    /** Lets every topic refuse these records for their size. */
    TestingProducer refuses(Predicate<ProducerRecord<byte[], byte[]>> records) {
        tooLarge = records;
        return this;
    }

    /** Lets this topic take nothing, until it is {@linkplain #opens opened}; the producer learns so at the send. */
    TestingProducer closes(String topic, RuntimeException failure) {
        unwritable.put(topic, failure);
        return this;
    }

    /** Lets the producer learn only at the end of a transaction, and blame all its records, as for a missing right. */
    TestingProducer refusesLate() {
        refusesLate = true;
        return this;
    }

    void opens(String topic) {
        unwritable.remove(topic);
    }

    /** Counts the transactions that were begun. */
    int begun() {
        return begun.get();
    }

    @Override
    public synchronized List<PartitionInfo> partitionsFor(String topic) {
        RuntimeException failure = unwritable.get(topic);
        if (failure instanceof TimeoutException) {
            throw failure;
        }
        return super.partitionsFor(topic);
    }

    @Override
    public void initTransactions() {
        failIfAsked(Step.INIT);
        super.initTransactions();
    }

    @Override
    public void beginTransaction() {
        try {
            failIfAsked(Step.BEGIN);
        } catch (RuntimeException lost) {
            // A producer that cannot begin is of no more use.
            fails(Step.ABORT, lost);
            throw lost;
        }
        super.beginTransaction();
        begun.incrementAndGet();
        refused = false;
        unanswered.clear();
        refusal = null;
    }

    @Override
    public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        RuntimeException failure =
                tooLarge.test(record) ? new RecordTooLargeException("too large") : unwritable.get(record.topic());
        if (refusesLate) {
            unanswered.add(callback);
        }
        if (failure == null || refusesLate) {
            refusal = failure == null ? refusal : failure;
            return super.send(record, refusesLate ? null : callback);
        }
        refused = true;
        callback.onCompletion(null, failure);
        return CompletableFuture.failedFuture(failure);
    }

    @Override
    public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        failIfAsked(Step.OFFSETS);
        super.sendOffsetsToTransaction(offsets, group);
    }

    @Override
    public void commitTransaction() {
        failIfAsked(Step.COMMIT);
        RuntimeException late = refusal;
        if (late != null) {
            unanswered.forEach(callback -> callback.onCompletion(null, late));
            throw new KafkaException("a send of the transaction failed", late);
        }
        if (refused) {
            throw new KafkaException("a send of the transaction failed");
        }
        super.commitTransaction();
    }

    @Override
    public void abortTransaction() {
        failIfAsked(Step.ABORT);
        super.abortTransaction();
    }

    private void failIfAsked(Step step) {
        RuntimeException failure = queue(step).poll();
        if (step.ends() && stepWithoutAnswer.isPresent() && stepWithoutAnswer.get() != step) {
            throw new IllegalStateException(
                    "the previous " + stepWithoutAnswer.get() + " timed out and must be retried");
        }
        stepWithoutAnswer = step.ends() && failure instanceof TimeoutException ? Optional.of(step) : Optional.empty();
        if (failure != null) {
            throw failure;
        }
    }

    private Queue<RuntimeException> queue(Step step) {
        return Objects.requireNonNull(failures.get(step));
    }
}
