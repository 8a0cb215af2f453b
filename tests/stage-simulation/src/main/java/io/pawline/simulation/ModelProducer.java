package io.pawline.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Does what Kafka's producer of transactions does. {@link Facade} makes a {@code Producer} of it. */
final class ModelProducer {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private record Unsent(ProducerRecord<byte[], byte[]> record, Callback callback) {}

    private final World world;
    private final ModelBroker broker;
    private final SimulatedProcess process;
    private final String id;
    private final List<Unsent> buffer = new ArrayList<>();
    private int epoch = -1;
    /** Says that the broker knows of the transaction. */
    private boolean written;

    private boolean closed;
    private @Nullable RuntimeException broken;

    /** Says that another producer has its id, so that it can do nothing any more. */
    private @Nullable ProducerFencedException fenced;

    ModelProducer(World world, ModelBroker broker, SimulatedProcess process, String id) {
        this.world = world;
        this.broker = broker;
        this.process = process;
        this.id = id;
    }

    public void initTransactions() {
        requireOpen();
        epoch = broker.request(process, true, LONGEST, () -> broker.init(id));
    }

    public void beginTransaction() {
        requireOpen();
        throwIfBroken();
        buffer.clear();
        written = false;
    }

    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        requireOpen();
        throwIfBroken();
        if (!broker.has(record.topic())) {
            broker.rest(LONGEST.toNanos());
            TimeoutException unknown =
                    new TimeoutException("Topic %s not present in metadata".formatted(record.topic()));
            broken = unknown;
            callback.onCompletion(null, unknown);
            return CompletableFuture.failedFuture(unknown);
        }
        buffer.add(new Unsent(record, callback));
        return new CompletableFuture<>();
    }

    public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata member) {
        requireOpen();
        throwIfBroken();
        ask(true, () -> {
            ModelTransaction transaction = broker.transaction(id, epoch);
            written = true;
            flush(transaction);
            ModelGroup group = broker.group(member.groupId());
            group.requireMember(member);
            broker.addOffsets(transaction, group, offsets);
            return transaction;
        });
    }

    /** Sends what has not been sent. */
    public void flush() {
        requireOpen();
        if (!buffer.isEmpty()) {
            ask(false, () -> {
                flush(broker.transaction(id, epoch));
                written = true;
                return epoch;
            });
        }
    }

    private void flush(ModelTransaction transaction) {
        for (Unsent unsent : buffer) {
            ProducerRecord<byte[], byte[]> record = unsent.record();
            if (size(record) > broker.largest(record.topic())) {
                RecordTooLargeException tooLarge = new RecordTooLargeException("too large for " + record.topic());
                broken = broken == null ? tooLarge : broken;
                unsent.callback().onCompletion(null, tooLarge);
            } else {
                broker.append(
                        record.topic(),
                        record.key(),
                        record.value(),
                        record.headers().toArray(),
                        transaction);
            }
        }
        buffer.clear();
    }

    private static int size(ProducerRecord<byte[], byte[]> record) {
        return record.value() == null ? 0 : record.value().length;
    }

    public void commitTransaction() {
        requireOpen();
        throwIfBroken();
        if (buffer.isEmpty() && !written) {
            return;
        }
        ask(true, () -> {
            if (!buffer.isEmpty()) {
                flush(broker.transaction(id, epoch));
                written = true;
            }
            if (broken == null) {
                broker.end(id, epoch, true);
            }
            return epoch;
        });
        throwIfBroken();
    }

    public void abortTransaction() {
        requireOpen();
        throwIfFenced();
        buffer.clear();
        if (written) {
            ask(true, () -> {
                broker.end(id, epoch, false);
                return epoch;
            });
        }
        broken = null;
    }

    public List<PartitionInfo> partitionsFor(String topic) {
        requireOpen();
        if (!broker.has(topic)) {
            broker.rest(LONGEST.toNanos());
        }
        return broker.request(process, false, LONGEST, () -> {
            if (!broker.has(topic)) {
                throw new TimeoutException("Topic %s not present in metadata".formatted(topic));
            }
            return List.of();
        });
    }

    public void close(Duration longest) {
        if (world.self().dead) {
            throw new Killed();
        }
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    private void requireOpen() {
        if (world.self().dead) {
            throw new Killed();
        }
        if (closed) {
            throw new IllegalStateException("the producer is closed");
        }
    }

    private <T> void ask(boolean coordinator, Supplier<T> effect) {
        try {
            var _ = broker.request(process, coordinator, LONGEST, effect);
        } catch (ProducerFencedException newer) {
            fenced = newer;
            throw newer;
        }
    }

    private void throwIfFenced() {
        if (fenced != null) {
            throw fenced;
        }
    }

    private void throwIfBroken() {
        throwIfFenced();
        if (broken != null) {
            throw new KafkaException("Cannot execute transactional method because we are in an error state", broken);
        }
    }
}
