package io.pawline.controls;

import io.pawline.events.ControlAction;
import io.pawline.events.ControlCommand;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes live controls for every process of the pipeline. Each method returns when Kafka has the control, and throws
 * {@link ControlPublishException} if Kafka does not acknowledge it in time. Each takes who gives the control
 * and why, neither of them blank. Thread-safe.
 */
public final class ControlPublisher implements AutoCloseable {

    /** A cool-down is at most so long; the topic keeps what it needs to compare two of them for longer than that. */
    public static final Duration LONGEST_COOL_DOWN = Duration.ofDays(1);

    /** How long Kafka has to acknowledge a control, unless the caller says otherwise. */
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final int MOST_WEIGHT = 1_000_000;

    private final Object bootstrapServers;
    private final Serializer<? super SpecificRecord> serializer;
    private final Clock clock;
    private final Duration timeout;
    private final Producer<byte[], byte[]> producer;

    /**
     * Makes a publisher that connects when the first control is given, and waits for Kafka for {@link #TIMEOUT}.
     *
     * @param connection Kafka client settings: bootstrap servers, security
     * @param serializer configured, thread-safe; stays the caller's to close
     */
    public ControlPublisher(
            Map<String, Object> connection, Serializer<? super SpecificRecord> serializer, Clock clock) {
        this(connection, serializer, clock, TIMEOUT);
    }

    /**
     * Makes a publisher that connects when the first control is given.
     *
     * @param connection Kafka client settings: bootstrap servers, security
     * @param serializer configured, thread-safe; stays the caller's to close
     * @param timeout how long Kafka has to acknowledge a control, 1 ms or more
     */
    public ControlPublisher(
            Map<String, Object> connection,
            Serializer<? super SpecificRecord> serializer,
            Clock clock,
            Duration timeout) {
        this.bootstrapServers = connection.getOrDefault(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "");
        this.serializer = serializer;
        this.clock = clock;
        this.timeout = timeout;
        this.producer = producer(connection, Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE));
    }

    /** Lets a stage begin no further work. */
    public void pause(Stage stage, String by, String why) {
        publish(control(Subject.stage(stage), ControlAction.PAUSE, by, why));
    }

    /** Lets a paused stage go on. */
    public void resume(Stage stage, String by, String why) {
        publish(control(Subject.stage(stage), ControlAction.RESUME, by, why));
    }

    /**
     * Sets a stage's limit, whether it is paused or not.
     *
     * @param callsInFlight per process, 1 or more; empty for the configured one
     */
    public void limit(Stage stage, OptionalInt callsInFlight, String by, String why) {
        if (callsInFlight.isPresent() && callsInFlight.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "a limit must be > 0, was %d; to stop the stage, pause it".formatted(callsInFlight.getAsInt()));
        }
        ControlCommand.Builder control = control(Subject.limit(stage), ControlAction.LIMIT, by, why);
        callsInFlight.ifPresent(control::setLimit);
        publish(control);
    }

    /**
     * Sets the weight by which a tenant shares the stages with others.
     *
     * @param thousandths from 1 to a million; empty for the configured one
     */
    public void weight(String tenant, OptionalInt thousandths, String by, String why) {
        requireText("tenant", tenant);
        if (thousandths.isPresent() && (thousandths.getAsInt() < 1 || thousandths.getAsInt() > MOST_WEIGHT)) {
            throw new IllegalArgumentException(
                    "a weight must be from 1 to %d thousandths, was %d".formatted(MOST_WEIGHT, thousandths.getAsInt()));
        }
        ControlCommand.Builder control = control(Subject.weight(tenant), ControlAction.LIMIT, by, why);
        thousandths.ifPresent(control::setLimit);
        publish(control);
    }

    /**
     * Lets nobody call a provider before an instant. Of several the latest holds, whoever gave it and when, until one
     * is {@linkplain #liftCoolDown lifted}. So one that ends before {@link ControlStateReader#coolDownUntil} need not
     * be published.
     *
     * @param until at most {@link #LONGEST_COOL_DOWN} from now
     */
    public void coolDown(String provider, Instant until, String by, String why) {
        if (until.isAfter(clock.instant().plus(LONGEST_COOL_DOWN))) {
            throw new IllegalArgumentException("a cool-down must be ≤ %d h, was until %s; for longer, pause the stage"
                    .formatted(LONGEST_COOL_DOWN.toHours(), until));
        }
        requireText("provider", provider);
        publish(control(Subject.provider(provider), ControlAction.COOL_DOWN, by, why)
                .setUntil(until));
    }

    /** Lets everybody call a provider again. */
    public void liftCoolDown(String provider, String by, String why) {
        requireText("provider", provider);
        publish(control(Subject.provider(provider), ControlAction.RESUME, by, why));
    }

    /** Lets nobody call a provider until it is {@linkplain #switchOn switched on}, whatever its cool-down. */
    public void switchOff(String provider, String by, String why) {
        requireText("provider", provider);
        publish(control(Subject.off(provider), ControlAction.PAUSE, by, why));
    }

    /** Lets everybody call a provider again that was switched off. A cool-down stays. */
    public void switchOn(String provider, String by, String why) {
        requireText("provider", provider);
        publish(control(Subject.off(provider), ControlAction.RESUME, by, why));
    }

    /**
     * Lets no stage work on a task any more.
     *
     * @param until when the task can no longer run, such as its deadline: from then on the control is forgotten
     */
    public void cancel(TaskId task, Instant until, String by, String why) {
        publish(control(Subject.task(task), ControlAction.CANCEL, by, why).setUntil(until));
    }

    /**
     * Takes back the control of a task, so that the topic does not keep it for ever. Only for a task that can no longer
     * run: processes that have not forgotten it by themselves would work on it again.
     */
    public void forget(TaskId task) {
        send(Subject.task(task), null);
    }

    @Override
    public void close() {
        producer.close(timeout);
    }

    private ControlCommand.Builder control(String subject, ControlAction action, String by, String why) {
        requireText("by", by);
        requireText("why", why);
        return ControlCommand.newBuilder()
                .setSubject(subject)
                .setAction(action)
                .setBy(by)
                .setWhy(why)
                .setAt(clock.instant());
    }

    private void publish(ControlCommand.Builder control) {
        ControlCommand command = control.build();
        send(command.getSubject(), serializer.serialize(Topics.CONTROL, command));
    }

    /** @param value null: a tombstone */
    private void send(String subject, byte @Nullable [] value) {
        byte[] key = subject.getBytes(StandardCharsets.UTF_8);
        try {
            producer.send(new ProducerRecord<>(Topics.CONTROL, 0, key, value)).get();
        } catch (ExecutionException refused) {
            throw notPublished(refused.getCause() == null ? refused : refused.getCause());
        } catch (KafkaException refused) {
            throw notPublished(refused);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw notPublished(stopped);
        }
    }

    private ControlPublishException notPublished(Throwable cause) {
        return new ControlPublishException(
                "Kafka at %s did not take the instruction; is it there, and has it the topic %s (./pawline topics)?"
                        .formatted(bootstrapServers, Topics.CONTROL),
                cause);
    }

    private static void requireText(String name, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " must not be blank");
        }
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> connection, int millis) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis / 2);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
