package io.pawline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.cli.connection.RegistryOptions;
import io.pawline.controls.FleetState;
import io.pawline.controls.FleetState.Fleet;
import io.pawline.controls.FleetStateReader;
import io.pawline.events.LimitMessage;
import io.pawline.schemas.serde.AvroDeserializer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Mixin;

/** Reads what the processes of the stages said lately about the limits of their providers. */
final class FleetReader {

    private static final Duration LATELY = Duration.ofSeconds(10);

    /** A process without work says something every three seconds. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(4);

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Mixin
    private RegistryOptions options;

    /**
     * Reads for four seconds.
     *
     * @throws IllegalStateException if Kafka cannot be read
     */
    List<Fleet> read() {
        Map<String, Object> settings = new HashMap<>(options.kafka());
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        try (AvroDeserializer deserializer = new AvroDeserializer();
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Map<String, Object> serde = new HashMap<>(options.settings());
            serde.put("specific.avro.value.type", LimitMessage.class.getName());
            deserializer.configure(serde, false);
            return read(consumer, deserializer);
        } catch (KafkaException failed) {
            throw new IllegalStateException(
                    "the limits could not be read from Kafka at %s: %s"
                            .formatted(settings.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG), failed.getMessage()),
                    failed);
        }
    }

    private static List<Fleet> read(KafkaConsumer<byte[], byte[]> consumer, AvroDeserializer deserializer) {
        FleetStateReader.assign(consumer, Instant.now().minus(LATELY));
        FleetState state = new FleetState();
        long until = System.nanoTime() + LONG_ENOUGH.toNanos();
        while (System.nanoTime() - until < 0) {
            for (ConsumerRecord<byte[], byte[]> data : consumer.poll(Duration.ofMillis(200))) {
                if (data.key() != null
                        && deserializer.deserialize(data.topic(), data.headers(), data.value())
                                instanceof LimitMessage message) {
                    state.add(new String(data.key(), UTF_8), message, Instant.ofEpochMilli(data.timestamp()));
                }
            }
        }
        return state.at(Instant.now());
    }
}
