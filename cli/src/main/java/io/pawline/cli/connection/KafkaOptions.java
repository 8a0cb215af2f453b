package io.pawline.cli.connection;

import io.pawline.schemas.TopicPrefix;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Names the Kafka cluster by options, and how to connect to it. What is named first counts: the option, the environment
 * variable, the file, the local stack.
 */
public final class KafkaOptions {

    private static final String LOCAL_STACK = "127.0.0.1:8086";

    private final Environment environment;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "The cluster (default: PAWLINE_BOOTSTRAP_SERVERS, else bootstrap.servers of --kafka-config,"
                    + " else the local stack's " + LOCAL_STACK + "; topics: localhost:9092).")
    private @Nullable String bootstrapServers;

    @Option(
            names = {"--kafka-config", "--command-config"},
            paramLabel = "FILE",
            description =
                    "Properties file with Kafka's own client settings (SASL, TLS), and those of the schema registry"
                            + " (default: PAWLINE_KAFKA_CONFIG).")
    private @Nullable Path config;

    @Option(
            names = "--topic-prefix",
            paramLabel = "PREFIX",
            description = "What stands before the names of the installation's topics and groups (default:" + " "
                    + TopicPrefix.VARIABLE + ", else nothing).")
    private @Nullable String topicPrefix;

    /** Options whose defaults come from this environment. */
    public KafkaOptions(Environment environment) {
        this.environment = environment;
    }

    /** Says whether an option, not only the environment, names the cluster or how to connect to it. */
    boolean isAskedFor() {
        return bootstrapServers != null || config != null || topicPrefix != null;
    }

    /** Kafka's client settings; without any, those of the local stack. */
    public Map<String, Object> settings() {
        return settings(LOCAL_STACK);
    }

    /**
     * Kafka's client settings. Whoever asks for them gets names with the prefix of the topics from then on.
     *
     * @param otherwise bootstrap servers where none are named
     * @throws IllegalArgumentException if the prefix of the topics is none
     */
    public Map<String, Object> settings(String otherwise) {
        Optional.ofNullable(topicPrefix)
                .or(() -> environment.value(TopicPrefix.VARIABLE))
                .ifPresent(TopicPrefix::choose);
        Map<String, Object> settings = new HashMap<>(file());
        environment
                .secret("PAWLINE_KAFKA_SASL_JAAS_CONFIG")
                .ifPresent(login -> settings.put(SaslConfigs.SASL_JAAS_CONFIG, login));
        Optional.ofNullable(bootstrapServers)
                .or(() -> environment.value("PAWLINE_BOOTSTRAP_SERVERS"))
                .ifPresent(servers -> settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers));
        settings.putIfAbsent(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, otherwise);
        return settings;
    }

    /** What the file says alone; nothing without a file. */
    Map<String, String> file() {
        return Optional.ofNullable(config)
                .or(() -> environment.value("PAWLINE_KAFKA_CONFIG").map(Path::of))
                .map(SettingsFile::read)
                .orElse(Map.of());
    }
}
