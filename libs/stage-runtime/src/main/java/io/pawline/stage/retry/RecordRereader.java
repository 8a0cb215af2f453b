package io.pawline.stage.retry;

import io.pawline.stage.Scheduler;
import io.pawline.stage.retry.HeldReferences.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads single records of a topic again, on a thread and with a consumer of its own, which exist from the first one on.
 * While the broker is away, it goes on trying. Thread-safe.
 */
final class RecordRereader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RecordRereader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    /** With so many offsets to the next record, the consumer does not read those in between. */
    private static final int FAR = 200;

    /** @param data the record; null if Kafka has it no longer */
    record Found(Reference reference, @Nullable ConsumerRecord<byte[], byte[]> data) {}

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Scheduler scheduler;
    private final Scheduler.Mailbox<List<Reference>> asked;
    private final ConcurrentLinkedQueue<Found> found = new ConcurrentLinkedQueue<>();
    private final Scheduler.Worker thread;
    private final AtomicBoolean started = new AtomicBoolean();
    private @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean broken;

    RecordRereader(Supplier<Consumer<byte[], byte[]>> consumers, Scheduler scheduler, String name) {
        this.consumers = consumers;
        this.scheduler = scheduler;
        this.asked = scheduler.mailbox();
        this.thread = scheduler.platformThread(name, true, this::run);
    }

    /** Asks for these records; returns at once. */
    void ask(List<Reference> references) {
        if (!references.isEmpty()) {
            asked.add(references);
            if (started.compareAndSet(false, true)) {
                thread.start();
            }
        }
    }

    /** Says whether nothing is read any more, because of a bug. */
    boolean broken() {
        return broken;
    }

    /** Returns what has been found since this was called last. */
    List<Found> taken() {
        List<Found> taken = new ArrayList<>();
        for (Found next = found.poll(); next != null; next = found.poll()) {
            taken.add(next);
        }
        return taken;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                read(byPartition(asked.take()));
            }
        } catch (InterruptedException | InterruptException closed) {
            log.debug("held retries are not read again any more", closed);
        } catch (RuntimeException | Error bug) {
            log.error("held retries cannot be read again", bug);
            broken = true;
        } finally {
            // An interrupted thread could not close it
            var _ = Thread.interrupted();
            closeConsumer();
        }
    }

    private static Map<TopicPartition, NavigableMap<Long, Reference>> byPartition(List<Reference> references) {
        Map<TopicPartition, NavigableMap<Long, Reference>> wanted = new HashMap<>();
        references.forEach(
                reference -> wanted.computeIfAbsent(reference.partition().name(), _ -> new TreeMap<>())
                        .put(reference.offset(), reference));
        return wanted;
    }

    private void read(Map<TopicPartition, NavigableMap<Long, Reference>> wanted) throws InterruptedException {
        while (!wanted.isEmpty()) {
            try {
                readAll(open(), wanted);
            } catch (OffsetOutOfRangeException tooOld) {
                dropBeforeBeginning(open(), wanted);
            } catch (InterruptException closed) {
                throw closed;
            } catch (KafkaException failed) {
                log.warn("held retries could not be read again, this is tried once more: {}", failed.toString());
                closeConsumer();
                scheduler.sleep(BEFORE_TRYING_AGAIN);
            }
        }
    }

    private Consumer<byte[], byte[]> open() {
        Consumer<byte[], byte[]> opened = consumer;
        if (opened == null) {
            opened = consumers.get();
            consumer = opened;
        }
        return opened;
    }

    private void readAll(Consumer<byte[], byte[]> from, Map<TopicPartition, NavigableMap<Long, Reference>> wanted) {
        from.assign(wanted.keySet());
        wanted.forEach((partition, references) -> from.seek(partition, references.firstKey()));
        while (!wanted.isEmpty()) {
            for (ConsumerRecord<byte[], byte[]> data : from.poll(POLL)) {
                NavigableMap<Long, Reference> references =
                        wanted.get(new TopicPartition(data.topic(), data.partition()));
                Reference reference = references == null ? null : references.remove(data.offset());
                if (reference != null) {
                    found.add(new Found(reference, data));
                }
            }
            wanted.forEach((partition, references) -> goOn(from, partition, references));
            if (wanted.values().removeIf(Map::isEmpty)) {
                from.assign(wanted.keySet());
            }
        }
    }

    /** Gives up what the consumer has passed without finding it, and lets it skip what nobody wants. */
    private void goOn(
            Consumer<byte[], byte[]> from, TopicPartition partition, NavigableMap<Long, Reference> references) {
        references
                .values()
                .removeIf(reference -> reference.partition().fenced() && found.add(new Found(reference, null)));
        long position = from.position(partition);
        giveUpBefore(position, references);
        if (!references.isEmpty() && references.firstKey() - position > FAR) {
            from.seek(partition, references.firstKey());
        }
    }

    private void giveUpBefore(long position, NavigableMap<Long, Reference> references) {
        Map<Long, Reference> passed = references.headMap(position);
        passed.values().forEach(reference -> found.add(new Found(reference, null)));
        passed.clear();
    }

    private void dropBeforeBeginning(
            Consumer<byte[], byte[]> from, Map<TopicPartition, NavigableMap<Long, Reference>> wanted) {
        from.beginningOffsets(wanted.keySet())
                .forEach((partition, beginning) ->
                        giveUpBefore(beginning, wanted.getOrDefault(partition, new TreeMap<>())));
        wanted.values().removeIf(Map::isEmpty);
    }

    private void closeConsumer() {
        Consumer<byte[], byte[]> opened = consumer;
        consumer = null;
        if (opened != null) {
            try {
                opened.close(CloseOptions.timeout(CLOSE));
            } catch (KafkaException failed) {
                log.debug("the consumer of held retries was not closed in good order", failed);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
