package io.pawline.schemas.serde;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import tools.jackson.databind.JsonNode;

/**
 * Asks a registry what it holds, for people who want to know; it changes nothing there. Safe for use by many threads.
 */
public final class RegistryInspector implements AutoCloseable {

    private final SerdeConfig config;
    private final RegistryHttp http;

    /**
     * An inspector with the settings of the serializers.
     *
     * @throws ConfigException if a setting is missing or wrong
     */
    public RegistryInspector(Map<String, ?> settings) {
        config = new SerdeConfig(settings);
        http = new RegistryHttp(config.endpoints(), config.patience(), config.trust());
    }

    /** The addresses, without user information. */
    public String addresses() {
        return config.endpoints().stream().map(RegistryEndpoint::toString).collect(Collectors.joining(","));
    }

    /** Whether a schema is registered when it is first written; otherwise somebody has to do it before. */
    public boolean registersWhenWritten() {
        return config.autoRegister();
    }

    /** The subject that the values of a topic belong to. */
    public String subject(String topic, Schema schema) {
        return config.naming(false).subject(topic, false, schema);
    }

    /**
     * All subjects.
     *
     * @throws RegistryUnavailableException if the registry cannot be asked now, or refuses
     */
    public Set<String> subjects() {
        Set<String> subjects = new TreeSet<>();
        for (JsonNode subject : get("/subjects")) {
            subjects.add(subject.asString());
        }
        return subjects;
    }

    /**
     * The compatibility level of a subject, its own or the registry's, such as {@code BACKWARD}.
     *
     * @throws RegistryUnavailableException if the registry cannot be asked now, or refuses
     */
    public String compatibility(String subject) {
        try {
            return level(http.get("/config/" + encoded(subject)));
        } catch (RegistryErrorException noneOfItsOwn) {
            return level(get("/config"));
        }
    }

    /**
     * Whether the registry would take this schema as the next version of the subject.
     *
     * @throws RegistryUnavailableException if the registry cannot be asked now, or refuses
     */
    public boolean accepts(String subject, Schema schema) {
        try {
            return http.post(
                            "/compatibility/subjects/" + encoded(subject) + "/versions/latest",
                            Map.of("schema", schema.toString()))
                    .path("is_compatible")
                    .asBoolean(false);
        } catch (RegistryErrorException refused) {
            throw refusal(refused);
        }
    }

    /** The registry's clock, as of its last answer; empty if the answer did not say it. */
    public Optional<Instant> lastDate() {
        try {
            return http.lastDate()
                    .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException noDate) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        http.close();
    }

    private JsonNode get(String path) {
        try {
            return http.get(path);
        } catch (RegistryErrorException refused) {
            throw refusal(refused);
        }
    }

    private static RegistryUnavailableException refusal(RegistryErrorException refused) {
        return new RegistryUnavailableException("schema registry refuses: " + refused.words(), refused);
    }

    private static String level(JsonNode answer) {
        return answer.path("compatibilityLevel").asString("");
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
