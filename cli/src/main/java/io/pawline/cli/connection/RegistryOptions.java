package io.pawline.cli.connection;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Names Kafka and the schema registry by options. For the registry, too, what is named first counts: the option, the
 * environment variable, the file, the local stack. The keys are those of the serializers.
 */
public final class RegistryOptions {

    private static final String URL = "schema.registry.url";
    private static final String TRUST = "schema.registry.ssl.truststore.";
    private static final String LOCAL_STACK = "http://127.0.0.1:8088";

    private final Environment environment;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            description = "The schema registry (default: PAWLINE_SCHEMA_REGISTRY_URL, else " + URL
                    + " of --kafka-config, else the local stack's " + LOCAL_STACK + ").")
    private @Nullable String url;

    @Option(
            names = "--schema-registry-ca",
            paramLabel = "FILE",
            description = "PEM file of the authorities that an https registry may be certified by"
                    + " (default: PAWLINE_SCHEMA_REGISTRY_CA, else " + TRUST + "* of --kafka-config).")
    private @Nullable Path authorities;

    /** Makes options whose defaults come from this environment. */
    public RegistryOptions(Environment environment) {
        this.environment = environment;
    }

    /** Says whether an option, not only the environment, names the Kafka cluster or how to connect to it. */
    public boolean kafkaIsAskedFor() {
        return kafka.isAskedFor();
    }

    /** Returns Kafka's client settings. */
    public Map<String, Object> kafka() {
        return kafka.settings();
    }

    /** Returns the registry's addresses, without user information. */
    public String where() {
        return String.valueOf(settings().get(URL)).replaceAll("//[^@/]*@", "//");
    }

    /** Returns the settings of a serializer or deserializer. */
    public Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(kafka.file());
        Optional.ofNullable(url)
                .or(() -> environment.value("PAWLINE_SCHEMA_REGISTRY_URL"))
                .ifPresent(address -> settings.put(URL, address));
        settings.putIfAbsent(URL, LOCAL_STACK);
        environment.secret("PAWLINE_SCHEMA_REGISTRY_USER_INFO").ifPresent(userInfo -> {
            settings.put("basic.auth.credentials.source", "USER_INFO");
            settings.put("basic.auth.user.info", userInfo);
        });
        Optional.ofNullable(authorities)
                .or(() -> environment.value("PAWLINE_SCHEMA_REGISTRY_CA").map(Path::of))
                .ifPresent(file -> {
                    settings.keySet().removeIf(key -> key.startsWith(TRUST));
                    settings.put(TRUST + "type", "PEM");
                    settings.put(TRUST + "location", file.toString());
                });
        return settings;
    }
}
