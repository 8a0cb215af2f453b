package io.pawline.cli;

import io.pawline.cli.connection.OpsOptions;
import io.pawline.cli.connection.RegistryOptions;
import io.pawline.controls.ControlPublisher;
import io.pawline.controls.ControlStateReader;
import io.pawline.events.ControlCommand;
import io.pawline.schemas.serde.AvroDeserializer;
import io.pawline.schemas.serde.AvroSerializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and gives live controls: through ops-service, which audits them, or straight in Kafka where an option names the
 * cluster.
 */
final class ControlClient {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Mixin
    private OpsOptions ops;

    @Mixin
    private RegistryOptions options;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = TimeArgument.class,
            description = "How long to wait for Kafka and the registry, if a control goes there (default:"
                    + " ${DEFAULT-VALUE}).")
    private Duration timeout;

    /** Publishes a control in Kafka. */
    @FunctionalInterface
    interface Published {
        void by(ControlPublisher publisher, String by, String why);
    }

    /**
     * Says whether the controls go straight to Kafka.
     *
     * @throws ParameterException if options name both ways
     */
    boolean overKafka() {
        if (!options.kafkaIsAskedFor()) {
            return false;
        }
        if (ops.isAskedFor()) {
            throw new ParameterException(
                    command.commandLine(),
                    "--ops-url and --bootstrap-servers (or --kafka-config) are both given: leave out one");
        }
        return true;
    }

    /**
     * Gives a control.
     *
     * @param path of the control in ops-service, below {@code v1/controls/}
     * @param fields of the request besides who and why
     * @param by null: the user of this machine where there is no API key
     * @throws IllegalStateException if ops-service cannot be reached or refuses
     */
    void give(String path, Map<String, Object> fields, Published published, @Nullable String by, String why) {
        String user = System.getProperty("user.name");
        if (overKafka()) {
            publish(published, by == null ? user : by, why);
            return;
        }
        Map<String, Object> body = new LinkedHashMap<>(fields);
        if (by != null) {
            body.put("by", by);
        } else if (!ops.hasKey()) {
            body.put("by", user);
        }
        body.put("why", why);
        try {
            ops.post("v1/controls/" + path, body);
        } catch (IOException nobody) {
            throw unreachable(nobody);
        }
    }

    private void publish(Published published, String by, String why) {
        try (AvroSerializer serializer = new AvroSerializer()) {
            serializer.configure(options.settings(), false);
            try (ControlPublisher controlPublisher =
                    new ControlPublisher(options.kafka(), serializer, Clock.systemUTC(), timeout)) {
                published.by(controlPublisher, by, why);
            }
        }
    }

    /**
     * Returns the live controls that are in force, as lines of a table; none if nothing is in force.
     *
     * @throws IllegalStateException if they could not be read
     */
    List<String> inForce() throws InterruptedException {
        if (overKafka()) {
            return ControlTable.lines(read());
        }
        try {
            JsonNode answer = JSON.readTree(ops.get(ops.address("v1/controls").build()));
            return ControlTable.lines(
                    answer.path("controls"), answer.path("cancelled_tasks").asLong(0));
        } catch (IOException nobody) {
            throw unreachable(nobody);
        }
    }

    private List<ControlCommand> read() throws InterruptedException {
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

    private IllegalStateException unreachable(IOException nobody) {
        return new IllegalStateException(
                "ops-service at %s cannot be reached (%s); without it, name Kafka by --bootstrap-servers or --kafka-config"
                        .formatted(ops.where(), nobody.getMessage()));
    }

    /** Writes a time as seconds, such as {@code 15 s} or {@code 0.5 s}. */
    private static String inSeconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }
}
