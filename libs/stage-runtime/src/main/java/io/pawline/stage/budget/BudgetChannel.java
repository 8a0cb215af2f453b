package io.pawline.stage.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.BudgetMessage;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.schemas.budget.BudgetEvents;
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
 * Carries the asks of a process for money, and the answers, through the budget topic. It has a thread of its own, which
 * waits for Kafka as long as it takes. Meanwhile the process has the money that it has. Thread-safe.
 */
public final class BudgetChannel implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BudgetChannel.class);
    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(25);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration TO_STOP = Duration.ofSeconds(8);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.BUDGET, 0);

    private final BudgetLeases leases;
    private final Serializer<? super SpecificRecord> serializer;
    private final Deserializer<?> deserializer;
    private final StageClients clients;
    private final String group;
    private final byte[] key;
    private final Scheduler scheduler;
    private final Scheduler.Worker thread;
    private volatile boolean stopping;
    private String trouble = "";

    /** Makes a channel that is not open yet. */
    public BudgetChannel(
            Stage stage, BudgetLeases leases, StageClients clients, EventFormat format, Scheduler scheduler) {
        this.leases = leases;
        this.serializer = format.serializer();
        this.deserializer = format.deserializers().apply(BudgetMessage.class);
        this.clients = clients;
        this.group = stage.consumerGroup() + ".budget";
        this.key = clients.instanceId().getBytes(UTF_8);
        this.scheduler = scheduler;
        this.thread = scheduler.platformThread(stage.code() + "-budget", true, this::run);
    }

    /** Begins to ask; returns at once. */
    public void start() {
        thread.start();
    }

    /** Asks the channel to give back what is left, and to stop; returns at once. */
    public void stop() {
        stopping = true;
    }

    /** Gives back what is left, and stops. */
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
            log.debug("no money is asked for any more", closed);
        }
    }

    private void follow() {
        try (Open<Consumer<byte[], byte[]>> reader =
                        new Open<>(clients.limitsReader(group), opened -> opened.close(CloseOptions.timeout(CLOSE)));
                Open<Producer<byte[], byte[]>> writer =
                        new Open<>(clients.limitsProducer(group), opened -> opened.close(CLOSE))) {
            Consumer<byte[], byte[]> from = reader.client();
            from.assign(List.of(PARTITION));
            // Nobody has answered this reader yet
            from.endOffsets(List.of(PARTITION)).forEach(from::seek);
            while (!stopping) {
                for (ConsumerRecord<byte[], byte[]> data : from.poll(POLL)) {
                    receive(data);
                }
                leases.due().ifPresent(ask -> send(writer.client(), ask));
            }
            leases.leave().ifPresent(ask -> send(writer.client(), ask));
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
            if (deserializer.deserialize(data.topic(), data.headers(), data.value()) instanceof BudgetMessage event) {
                BudgetEvents.answer(event).ifPresent(leases::received);
            }
        } catch (RegistryUnavailableException later) {
            throw later;
        } catch (RuntimeException noMessage) {
            warnOnce(noMessage);
        }
    }

    private void send(Producer<byte[], byte[]> to, BudgetAsk ask) {
        byte[] value = serializer.serialize(Topics.BUDGET, BudgetEvents.of(ask));
        var _ = to.send(
                new ProducerRecord<>(Topics.BUDGET, PARTITION.partition(), key, value), (_, failed) -> sent(failed));
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
            log.warn("no more money can be asked for now, so calls may wait for it: {}", what);
        }
        trouble = what;
    }
}
