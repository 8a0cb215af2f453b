package io.pawline.cli;

import io.pawline.controls.ControlPublisher;
import io.pawline.controls.ControlStateReader;
import io.pawline.events.ControlCommand;
import io.pawline.schemas.serde.AvroDeserializer;
import io.pawline.schemas.serde.AvroSerializer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Option;

/** The options that say where the live controls are. */
final class ControlConnection {

    private static final Duration LONGEST = Duration.ofSeconds(15);

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8086",
            description = "The cluster (default: ${DEFAULT-VALUE}, the local stack's).")
    private String bootstrapServers;

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8088",
            description = "The schema registry (default: ${DEFAULT-VALUE}, the local stack's).")
    private String schemaRegistry;

    /** Gives an instruction. */
    void tell(Consumer<ControlPublisher> instruction) {
        try (AvroSerializer serializer = new AvroSerializer()) {
            serializer.configure(Map.of("schema.registry.url", schemaRegistry), false);
            try (ControlPublisher controlPublisher = new ControlPublisher(kafka(), serializer, Clock.systemUTC())) {
                instruction.accept(controlPublisher);
            }
        }
    }

    /**
     * All that is in force.
     *
     * @throws IllegalStateException if it could not be read in time
     */
    List<ControlCommand> inForce() throws InterruptedException {
        try (AvroDeserializer deserializer = new AvroDeserializer()) {
            deserializer.configure(
                    Map.of(
                            "schema.registry.url",
                            schemaRegistry,
                            "specific.avro.value.type",
                            ControlCommand.class.getName()),
                    false);
            try (ControlStateReader board = new ControlStateReader(kafka(), deserializer, Clock.systemUTC())) {
                board.start();
                if (!board.awaitRead(LONGEST)) {
                    throw new IllegalStateException(
                            "the controls could not be read within %d s from Kafka at %s and the registry at %s: %s"
                                    .formatted(LONGEST.toSeconds(), bootstrapServers, schemaRegistry, board.trouble()));
                }
                return board.inForce();
            }
        }
    }

    private Map<String, Object> kafka() {
        return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }
}
