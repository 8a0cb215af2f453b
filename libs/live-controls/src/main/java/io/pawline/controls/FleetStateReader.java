package io.pawline.controls;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.LimitMessage;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what the processes of the stages tell each other about the limits of their providers, with a thread of its own.
 * While Kafka cannot be read, nothing is known after some seconds. All methods are thread-safe; asking never waits.
 */
public final class FleetStateReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FleetStateReader.class);
    private static final Duration LATELY = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofSeconds(1);
    private static final Duration TO_CLOSE = Duration.ofSeconds(1);
    private static final Duration TO_STOP = Duration.ofSeconds(10);

    private final Map<String, Object> connection;
    private final Deserializer<?> deserializer;
    private final Clock clock;
    private final FleetState state = new FleetState();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("fleet-state-reader").unstarted(this::run);
    private String trouble = "";

    /**
     * Makes a reader that knows nothing until it is {@linkplain #start started}.
     *
     * @param connection Kafka client settings: bootstrap servers, security
     * @param deserializer of {@link LimitMessage}, configured and thread-safe; stays the caller's to close
     */
    public FleetStateReader(Map<String, Object> connection, Deserializer<?> deserializer, Clock clock) {
        this.connection = Map.copyOf(connection);
        this.deserializer = deserializer;
        this.clock = clock;
    }

    /** Begins to read; returns at once. */
    public void start() {
        thread.start();
    }

    /** Returns what is known of each provider of each stage, as of the last seconds. */
    public List<FleetState.Fleet> fleets() {
        return state.at(clock.instant());
    }

    /** Stops reading. */
    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(TO_STOP);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            do {
                try {
                    follow();
                } catch (RuntimeException failed) {
                    warnOnce(failed);
                }
            } while (!stop.await(BEFORE_TRYING_AGAIN.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_WITHIN.toMillis());
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_WITHIN.toMillis() / 2);
        try (Open open =
                new Open(new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()))) {
            assign(open.consumer(), clock.instant().minus(LATELY));
            while (stop.getCount() > 0) {
                for (ConsumerRecord<byte[], byte[]> data : open.consumer().poll(POLL)) {
                    receive(data);
                }
            }
        }
    }

    private record Open(Consumer<byte[], byte[]> consumer) implements AutoCloseable {
        @Override
        public void close() {
            consumer.close(CloseOptions.timeout(TO_CLOSE));
        }
    }

    /**
     * Has a consumer read all of the topic from this moment on.
     *
     * @throws UnknownTopicOrPartitionException if there is no such topic
     */
    public static void assign(Consumer<byte[], byte[]> consumer, Instant from) {
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.LIMITS).stream()
                .map(found -> new TopicPartition(found.topic(), found.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException(
                    "there is no topic %s; create it: ./pawline topics".formatted(Topics.LIMITS));
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(
                partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> from.toEpochMilli())));
        found.forEach((partition, first) -> {
            if (first != null) {
                consumer.seek(partition, first.offset());
            }
        });
    }

    private void receive(ConsumerRecord<byte[], byte[]> data) {
        try {
            if (data.key() != null
                    && deserializer.deserialize(data.topic(), data.headers(), data.value())
                            instanceof LimitMessage message) {
                state.add(new String(data.key(), UTF_8), message, Instant.ofEpochMilli(data.timestamp()));
                trouble = "";
            }
        } catch (RegistryUnavailableException later) {
            throw later;
        } catch (RuntimeException noMessage) {
            warnOnce(noMessage);
        }
    }

    /** Logs the same trouble once, however often it comes back. */
    private void warnOnce(RuntimeException failed) {
        String what = String.valueOf(failed.getMessage());
        if (!what.equals(trouble)) {
            log.warn("how the processes share their limits cannot be read, trying again until it can: {}", what);
        }
        trouble = what;
    }
}
