package io.pawline.stage.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.LimitMessage;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.RegistryUnavailableException;
import io.pawline.service.EventFormat;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageClients;
import io.pawline.stage.provider.FleetMessage;
import io.pawline.stage.provider.FleetNode;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
 * Carries the messages between the processes of a stage that share a provider, through the stage's partition of the
 * limits topic. It has a thread of its own, which waits for Kafka as long as it takes. Thread-safe.
 */
public final class FleetChannel implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FleetChannel.class);
    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration TO_STOP = Duration.ofSeconds(8);

    private final TopicPartition partition;
    private final byte[] key;
    private final FleetNode node;
    private final Supplier<FleetNode.Load> load;
    private final BooleanSupplier isChosen;
    private final FleetCodec codec;
    private final Serializer<? super SpecificRecord> serializer;
    private final Deserializer<?> deserializer;
    private final StageClients clients;
    private final String group;
    private final Scheduler scheduler;
    private final Scheduler.Worker thread;
    private volatile boolean stopping;
    private String trouble = "";

    /**
     * Makes a channel that is not open yet.
     *
     * @param load what the process does now
     * @param isChosen whether this process should be the controller
     */
    public FleetChannel(
            Stage stage,
            String provider,
            FleetNode node,
            Supplier<FleetNode.Load> load,
            BooleanSupplier isChosen,
            StageClients clients,
            EventFormat format,
            Scheduler scheduler) {
        this.partition = new TopicPartition(Topics.LIMITS, Topics.limitsPartition(stage));
        this.key = stage.code().getBytes(UTF_8);
        this.node = node;
        this.load = load;
        this.isChosen = isChosen;
        this.codec = new FleetCodec(provider);
        this.serializer = format.serializer();
        this.deserializer = format.deserializers().apply(LimitMessage.class);
        this.clients = clients;
        this.group = stage.consumerGroup();
        this.scheduler = scheduler;
        this.thread = scheduler.platformThread(stage.code() + "-limits", true, this::run);
    }

    /** Begins to read and to write; returns at once. */
    public void start() {
        thread.start();
    }

    /** Asks the channel to give the process's lease back and to stop; returns at once. */
    public void stop() {
        stopping = true;
    }

    /** Gives the process's lease back, and stops. */
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
            log.debug("the limit is not shared any more", closed);
        }
    }

    private void follow() {
        try (Open<Consumer<byte[], byte[]>> reader =
                        new Open<>(clients.limitsReader(group), opened -> opened.close(CloseOptions.timeout(CLOSE)));
                Open<Producer<byte[], byte[]>> writer =
                        new Open<>(clients.limitsProducer(group), opened -> opened.close(CLOSE))) {
            Consumer<byte[], byte[]> from = reader.client();
            from.assign(List.of(partition));
            from.beginningOffsets(List.of(partition)).forEach(from::seek);
            boolean caughtUp = false;
            while (!stopping) {
                for (ConsumerRecord<byte[], byte[]> data : from.poll(node.untilDue())) {
                    receive(data);
                }
                if (!caughtUp && from.currentLag(partition).orElse(1) == 0) {
                    caughtUp = true;
                    node.caughtUp();
                }
                for (FleetMessage message : node.due(isChosen.getAsBoolean(), load.get())) {
                    send(writer.client(), message);
                }
            }
            send(writer.client(), node.leave(load.get()));
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
            if (deserializer.deserialize(data.topic(), data.headers(), data.value()) instanceof LimitMessage event) {
                codec.message(event).ifPresent(node::received);
            }
        } catch (RegistryUnavailableException later) {
            throw later;
        } catch (RuntimeException noMessage) {
            warnOnce(noMessage);
        }
    }

    private void send(Producer<byte[], byte[]> to, FleetMessage message) {
        byte[] value = serializer.serialize(Topics.LIMITS, codec.event(message));
        var _ = to.send(
                new ProducerRecord<>(Topics.LIMITS, partition.partition(), key, value), (_, failed) -> sent(failed));
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
            log.warn("the limit cannot be shared with other processes now, so it fades: {}", what);
        }
        trouble = what;
    }
}
