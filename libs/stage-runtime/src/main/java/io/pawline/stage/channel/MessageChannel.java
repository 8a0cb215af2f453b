package io.pawline.stage.channel;

import io.pawline.schemas.serde.RegistryUnavailableException;
import io.pawline.service.EventFormat;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageClients;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the messages of a process, and those of the others to it, through one partition of a topic. It has a thread of
 * its own, which waits for Kafka as long as it takes. Thread-safe.
 */
public final class MessageChannel<E extends SpecificRecord> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MessageChannel.class);
    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration TO_STOP = Duration.ofSeconds(8);

    /**
     * Says and hears what the channel carries. Its methods are called on the channel's thread.
     *
     * @param <E> event of the topic
     */
    public interface Endpoint<E extends SpecificRecord> {

        /** Says whether it has to know what was said before it began to listen. */
        boolean readsHistory();

        /** Returns for how long at most the channel listens before it asks again what is due. */
        Duration untilDue();

        void received(E event);

        /** All that was said before it began to listen has been received. Called once for each connection. */
        void caughtUp();

        /** Returns what is to be said now. */
        List<E> due();

        /** Returns what is to be said last. */
        List<E> leave();

        /** Says what it means that the channel is in trouble, for the log. */
        String inTrouble();
    }

    private final String name;
    private final String group;
    private final TopicPartition partition;
    private final byte[] key;
    private final Class<E> type;
    private final Endpoint<E> endpoint;
    private final StageClients clients;
    private final Serializer<? super SpecificRecord> serializer;
    private final Deserializer<?> deserializer;
    private final Scheduler scheduler;
    private final Scheduler.Worker thread;
    private volatile boolean stopping;
    private String trouble = "";

    /**
     * Makes a channel that is not open yet.
     *
     * @param name of its thread
     * @param group of its clients
     * @param key of all messages of this process; not copied
     */
    public MessageChannel(
            String name,
            String group,
            TopicPartition partition,
            byte[] key,
            Class<E> type,
            Endpoint<E> endpoint,
            StageClients clients,
            EventFormat format,
            Scheduler scheduler) {
        this.name = name;
        this.group = group;
        this.partition = partition;
        this.key = key;
        this.type = type;
        this.endpoint = endpoint;
        this.clients = clients;
        this.serializer = format.serializer();
        this.deserializer = format.deserializers().apply(type);
        this.scheduler = scheduler;
        this.thread = scheduler.platformThread(name, true, this::run);
    }

    /** Begins to read and to write; returns at once. */
    public void start() {
        thread.start();
    }

    /** Asks the channel to say what is to be said last, and to stop; returns at once. */
    public void stop() {
        stopping = true;
    }

    /** Says what is to be said last, and stops. */
    @Override
    public void close() {
        stop();
        try {
            if (thread.isAlive() && !thread.join(TO_STOP)) {
                thread.interrupt();
                thread.join(CLOSE);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!stopping) {
                try {
                    follow();
                } catch (InterruptException closed) {
                    throw closed;
                } catch (RuntimeException failed) {
                    warnOnce(failed);
                    scheduler.sleep(BEFORE_TRYING_AGAIN);
                }
            }
        } catch (InterruptedException | InterruptException closed) {
            log.debug("the channel {} is closed", name, closed);
        }
    }

    private void follow() {
        try (Open<Consumer<byte[], byte[]>> reader =
                        new Open<>(clients.limitsReader(group), opened -> opened.close(CloseOptions.timeout(CLOSE)));
                Open<Producer<byte[], byte[]>> writer =
                        new Open<>(clients.limitsProducer(group), opened -> opened.close(CLOSE))) {
            Consumer<byte[], byte[]> from = reader.client();
            List<TopicPartition> all = List.of(partition);
            from.assign(all);
            (endpoint.readsHistory() ? from.beginningOffsets(all) : from.endOffsets(all)).forEach(from::seek);
            boolean caughtUp = false;
            while (!stopping) {
                for (ConsumerRecord<byte[], byte[]> data : from.poll(endpoint.untilDue())) {
                    receive(data);
                }
                if (!caughtUp && from.currentLag(partition).orElse(1) == 0) {
                    caughtUp = true;
                    endpoint.caughtUp();
                }
                endpoint.due().forEach(event -> send(writer.client(), event));
            }
            endpoint.leave().forEach(event -> send(writer.client(), event));
        }
    }

    private record Open<C>(C client, java.util.function.Consumer<C> closing) implements AutoCloseable {
        @Override
        public void close() {
            closing.accept(client);
        }
    }

    private void receive(ConsumerRecord<byte[], byte[]> data) {
        try {
            Object event = deserializer.deserialize(data.topic(), data.headers(), data.value());
            if (type.isInstance(event)) {
                endpoint.received(type.cast(event));
            }
        } catch (RegistryUnavailableException later) {
            throw later;
        } catch (RuntimeException noMessage) {
            warnOnce(noMessage);
        }
    }

    private void send(Producer<byte[], byte[]> to, E event) {
        byte[] value = serializer.serialize(partition.topic(), event);
        var _ = to.send(
                new ProducerRecord<>(partition.topic(), partition.partition(), key, value),
                (_, failed) -> sent(failed));
    }

    private synchronized void sent(@Nullable Exception failed) {
        if (failed == null) {
            trouble = "";
        } else {
            warnOnce(failed);
        }
    }

    /** Logs the same trouble once, however often it comes back. */
    private synchronized void warnOnce(Exception failed) {
        String what = String.valueOf(failed.getMessage());
        if (!what.equals(trouble)) {
            log.warn("{}: {}", endpoint.inTrouble(), what);
        }
        trouble = what;
    }
}
