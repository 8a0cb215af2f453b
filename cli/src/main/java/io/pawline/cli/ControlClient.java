package io.pawline.cli;

import io.pawline.cli.connection.RegistryOptions;
import io.pawline.controls.ControlPublisher;
import io.pawline.controls.ControlStateReader;
import io.pawline.events.ControlCommand;
import io.pawline.schemas.serde.AvroDeserializer;
import io.pawline.schemas.serde.AvroSerializer;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads and publishes live controls in the cluster that the options name. */
final class ControlClient {

    @Mixin
    private RegistryOptions options;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = TimeArgument.class,
            description = "How long to wait for Kafka and the registry (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    /** Publishes a live control. */
    void publish(Consumer<ControlPublisher> control) {
        try (AvroSerializer serializer = new AvroSerializer()) {
            serializer.configure(options.settings(), false);
            try (ControlPublisher controlPublisher =
                    new ControlPublisher(options.kafka(), serializer, Clock.systemUTC(), timeout)) {
                control.accept(controlPublisher);
            }
        }
    }

    /**
     * Returns the live controls that are in force.
     *
     * @throws IllegalStateException if it could not be read in time
     */
    List<ControlCommand> inForce() throws InterruptedException {
        Map<String, Object> kafka = options.kafka();
        try (AvroDeserializer deserializer = new AvroDeserializer()) {
            Map<String, Object> settings = new HashMap<>(options.settings());
            settings.put("specific.avro.value.type", ControlCommand.class.getName());
            deserializer.configure(settings, false);
            try (ControlStateReader reader = new ControlStateReader(kafka, deserializer, Clock.systemUTC())) {
                reader.start();
                if (!reader.awaitRead(timeout)) {
                    throw new IllegalStateException(
                            "the controls could not be read within %s from Kafka at %s and the registry at %s: %s"
                                    .formatted(
                                            inSeconds(timeout),
                                            kafka.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG),
                                            options.where(),
                                            reader.trouble()));
                }
                return reader.inForce();
            }
        }
    }

    /** Writes a time as seconds, such as {@code 15 s} or {@code 0.5 s}. */
    private static String inSeconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }
}
