package io.pawline.schemas.serde;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of the serializers, under <a
 * href="https://docs.confluent.io/platform/current/schema-registry/sr-client-configs.html">Confluent's keys</a>. A
 * setting that only Confluent's serializers support is refused and not ignored.
 */
final class SerdeConfig extends AbstractConfig {

    static final String URL = "schema.registry.url";
    static final String AUTO_REGISTER = "auto.register.schemas";
    static final String USE_LATEST_VERSION = "use.latest.version";
    static final String KEY_NAMING = "key.subject.name.strategy";
    static final String VALUE_NAMING = "value.subject.name.strategy";
    static final String SPECIFIC_READER = "specific.avro.reader";
    static final String KEY_TYPE = "specific.avro.key.type";
    static final String VALUE_TYPE = "specific.avro.value.type";
    static final String CREDENTIALS_SOURCE = "basic.auth.credentials.source";
    static final String USER_INFO = "basic.auth.user.info";
    static final String CONNECT_TIMEOUT = "http.connect.timeout.ms";
    static final String READ_TIMEOUT = "http.read.timeout.ms";
    static final String RETRIES = "max.retries";
    static final String RETRY_WAIT = "retries.wait.ms";
    static final String RETRY_MAX_WAIT = "retries.max.wait.ms";
    static final String TRUST_STORE = "schema.registry.ssl.truststore.location";
    static final String TRUST_STORE_TYPE = "schema.registry.ssl.truststore.type";
    static final String TRUST_STORE_PASSWORD = "schema.registry.ssl.truststore.password";
    static final String TRUSTED_CERTIFICATES = "schema.registry.ssl.truststore.certificates";

    private static final List<String> UNSUPPORTED_PREFIXES =
            List.of("bearer.auth.", "schema.registry.ssl.", "schema.registry.proxy.");
    private static final Set<String> SUPPORTED_IN_SPITE =
            Set.of(TRUST_STORE, TRUST_STORE_TYPE, TRUST_STORE_PASSWORD, TRUSTED_CERTIFICATES);

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define(URL, ConfigDef.Type.LIST, Importance.HIGH, "Addresses of the registry, separated by commas.")
            .define(
                    AUTO_REGISTER,
                    ConfigDef.Type.BOOLEAN,
                    true,
                    Importance.MEDIUM,
                    "Whether a schema is registered when it is first written.")
            .define(USE_LATEST_VERSION, ConfigDef.Type.BOOLEAN, false, Importance.LOW, "Must be false.")
            .define(
                    KEY_NAMING,
                    ConfigDef.Type.STRING,
                    "TopicNameStrategy",
                    Importance.MEDIUM,
                    "How a key's subject is named.")
            .define(
                    VALUE_NAMING,
                    ConfigDef.Type.STRING,
                    "TopicNameStrategy",
                    Importance.MEDIUM,
                    "How a value's subject is named.")
            .define(SPECIFIC_READER, ConfigDef.Type.BOOLEAN, true, Importance.LOW, "Must be true.")
            .define(
                    KEY_TYPE,
                    ConfigDef.Type.CLASS,
                    null,
                    Importance.LOW,
                    "The one event class that keys are read into.")
            .define(
                    VALUE_TYPE,
                    ConfigDef.Type.CLASS,
                    null,
                    Importance.LOW,
                    "The one event class that values are read into.")
            .define(CREDENTIALS_SOURCE, ConfigDef.Type.STRING, "URL", Importance.MEDIUM, "URL or USER_INFO.")
            .define(
                    USER_INFO,
                    ConfigDef.Type.PASSWORD,
                    "",
                    Importance.MEDIUM,
                    "user:password, if the source is USER_INFO.")
            .define(
                    CONNECT_TIMEOUT,
                    ConfigDef.Type.INT,
                    2_000,
                    Range.atLeast(1),
                    Importance.LOW,
                    "Longest wait to connect.")
            .define(
                    READ_TIMEOUT,
                    ConfigDef.Type.INT,
                    5_000,
                    Range.atLeast(1),
                    Importance.LOW,
                    "Longest wait for an answer.")
            .define(
                    RETRIES,
                    ConfigDef.Type.INT,
                    3,
                    Range.atLeast(0),
                    Importance.LOW,
                    "Further attempts, each over all addresses.")
            .define(
                    RETRY_WAIT,
                    ConfigDef.Type.INT,
                    100,
                    Range.atLeast(1),
                    Importance.LOW,
                    "Longest wait before the first of them.")
            .define(
                    RETRY_MAX_WAIT,
                    ConfigDef.Type.INT,
                    2_000,
                    Range.atLeast(1),
                    Importance.LOW,
                    "Longest wait before any of them.")
            .define(
                    TRUST_STORE,
                    ConfigDef.Type.STRING,
                    null,
                    Importance.MEDIUM,
                    "File of the authorities that certify an https registry. Without it, the JVM's count.")
            .define(
                    TRUST_STORE_TYPE,
                    ConfigDef.Type.STRING,
                    "JKS",
                    Importance.LOW,
                    "JKS (which reads PKCS12 too), PKCS12 or PEM.")
            .define(
                    TRUST_STORE_PASSWORD,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.LOW,
                    "Password of that file. PEM has none.")
            .define(
                    TRUSTED_CERTIFICATES,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.LOW,
                    "The authorities themselves instead of a file. The type is PEM.");

    /**
     * Reads these settings.
     *
     * @throws ConfigException if a setting is missing, wrong or without effect here; the message names the key
     */
    SerdeConfig(Map<String, ?> settings) {
        super(DEFINITION, classesAsNames(settings), false);
        settings.keySet().stream()
                .filter(key -> UNSUPPORTED_PREFIXES.stream().anyMatch(key::startsWith))
                .filter(key -> !SUPPORTED_IN_SPITE.contains(key))
                .findFirst()
                .ifPresent(key -> refuse(key, "is not supported by Pawline's serializers"));
        if (getBoolean(USE_LATEST_VERSION)) {
            refuse(USE_LATEST_VERSION, "is not supported: a record is always written with its own class's schema");
        }
        if (!getBoolean(SPECIFIC_READER)) {
            refuse(SPECIFIC_READER, "must be true: records are read into generated classes only");
        }
    }

    /** The addresses of the registry, at least one. */
    List<RegistryEndpoint> endpoints() {
        Optional<String> userInfo = switch (getString(CREDENTIALS_SOURCE)) {
            case "URL" -> Optional.empty();
            case "USER_INFO" -> Optional.of(userInfo());
            default ->
                throw new ConfigException(
                        CREDENTIALS_SOURCE, getString(CREDENTIALS_SOURCE), "must be URL or USER_INFO");
        };
        List<RegistryEndpoint> endpoints = getList(URL).stream()
                .filter(address -> !address.isBlank())
                .map(address -> endpoint(address.strip(), userInfo))
                .toList();
        if (endpoints.isEmpty()) {
            refuse(URL, "names no registry");
        }
        return endpoints;
    }

    RegistryHttp.Patience patience() {
        return new RegistryHttp.Patience(
                millis(CONNECT_TIMEOUT),
                millis(READ_TIMEOUT),
                getInt(RETRIES),
                millis(RETRY_WAIT),
                millis(RETRY_MAX_WAIT));
    }

    /**
     * The authorities that an https registry is to be certified by; empty: those of the JVM.
     *
     * @throws ConfigException if they cannot be read
     */
    Optional<SSLContext> trust() {
        return TrustedAuthorities.of(this).map(TrustedAuthorities::context);
    }

    boolean autoRegister() {
        return getBoolean(AUTO_REGISTER);
    }

    SubjectNaming naming(boolean isKey) {
        String key = isKey ? KEY_NAMING : VALUE_NAMING;
        return SubjectNaming.ofSetting(key, getString(key));
    }

    /** The class to read into, if the settings name one. Otherwise the name of the record decides. */
    Optional<Class<? extends SpecificRecord>> readerType(boolean isKey) {
        String key = isKey ? KEY_TYPE : VALUE_TYPE;
        @Nullable Class<?> type = getClass(key);
        if (type == null) {
            return Optional.empty();
        }
        if (!SpecificRecord.class.isAssignableFrom(type)) {
            throw new ConfigException(key, type.getName(), "must be a class generated by Avro");
        }
        return Optional.of(type.asSubclass(SpecificRecord.class));
    }

    private String userInfo() {
        Password password = getPassword(USER_INFO);
        if (password.value().isBlank()) {
            refuse(USER_INFO, "must be set when " + CREDENTIALS_SOURCE + " is USER_INFO");
        }
        return password.value();
    }

    private Duration millis(String key) {
        return Duration.ofMillis(getInt(key));
    }

    private static RegistryEndpoint endpoint(String address, Optional<String> userInfo) {
        try {
            return RegistryEndpoint.of(URI.create(address), userInfo);
        } catch (IllegalArgumentException e) {
            // Without the address, which may hold a password, and without the cause, which repeats it
            throw new ConfigException("Invalid configuration " + URL
                    + ": every address must be like http://host:8081 or https://host/path");
        }
    }

    private static void refuse(String key, String why) {
        throw refusal(key, why);
    }

    static ConfigException refusal(String key, String why) {
        return new ConfigException("Invalid configuration " + key + ": it " + why);
    }

    /** The settings with class names. Kafka passes a class instead of its name if it could load the class. */
    private static Map<String, Object> classesAsNames(Map<String, ?> settings) {
        Map<String, Object> named = new HashMap<>();
        settings.forEach((key, value) -> {
            if (value != null) {
                named.put(
                        key,
                        value instanceof Class<?> type && key.endsWith(".subject.name.strategy")
                                ? type.getName()
                                : value);
            }
        });
        return named;
    }
}
