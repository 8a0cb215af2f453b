package io.pawline.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;

/** Does what Kafka's producer does outside of transactions: it sends in order, and waits out an outage. */
final class ModelLedgerProducer {

    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofMillis(50);

    private record Unsent(ProducerRecord<byte[], byte[]> record, Callback callback) {}

    private final World world;
    private final ModelBroker broker;
    private final SimulatedProcess process;
    private final Deque<Unsent> unsent = new ArrayDeque<>();
    private boolean sending;
    private boolean closed;

    ModelLedgerProducer(World world, ModelBroker broker, SimulatedProcess process) {
        this.world = world;
        this.broker = broker;
        this.process = process;
    }

    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        if (world.self().dead) {
            throw new Killed();
        }
        if (closed) {
            throw new IllegalStateException("the producer is closed");
        }
        unsent.add(new Unsent(record, callback));
        if (!sending) {
            sending = true;
            world.after(broker.way(), this::trySend);
        }
        return new CompletableFuture<>();
    }

    private void trySend() {
        if (process.dead()) {
            return;
        }
        if (!broker.reaches(process, false)) {
            world.after(BEFORE_TRYING_AGAIN, this::trySend);
            return;
        }
        while (!unsent.isEmpty()) {
            Unsent next = unsent.remove();
            ProducerRecord<byte[], byte[]> record = next.record();
            if (!broker.has(record.topic())) {
                world.after(
                        broker.way(),
                        () -> process.whenItRuns(
                                () -> next.callback().onCompletion(null, new TimeoutException("the topic is away"))));
                continue;
            }
            broker.append(
                    record.topic(),
                    record.partition(),
                    record.key(),
                    record.value(),
                    record.headers().toArray(),
                    null);
            world.after(
                    broker.way(), () -> process.whenItRuns(() -> next.callback().onCompletion(null, null)));
        }
        sending = false;
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
}
