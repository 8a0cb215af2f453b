package io.pawline.schemas.serde;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import tools.jackson.databind.JsonNode;

/**
 * Asks a registry that has <a
 * href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Confluent's API</a>. It asks for
 * each schema once and keeps it, because ids and schemas never change. Many threads may use it, and any number of them
 * may wait for the same schema.
 */
final class SchemaRegistryClient implements AutoCloseable {

    private record Registration(String subject, Schema schema) {}

    private final RegistryHttp http;
    private final OnceCache<Integer, Schema> schemas = new OnceCache<>(this::fetch);
    private final OnceCache<Registration, Integer> registered = new OnceCache<>(this::postVersion);
    private final OnceCache<Registration, Integer> found = new OnceCache<>(this::postSubject);

    SchemaRegistryClient(RegistryHttp http) {
        this.http = http;
    }

    SchemaRegistryClient(SerdeConfig config) {
        this(new RegistryHttp(config.endpoints(), config.patience(), config.trust()));
    }

    /**
     * The schema of this id.
     *
     * @throws UnknownSchemaException if the registry knows no schema of this id
     * @throws UndecodableException if the schema of this id is no Avro schema
     * @throws RegistryUnavailableException if it cannot be asked now
     */
    Schema schema(int id) {
        return schemas.get(id);
    }

    /**
     * The id of a schema in a subject. The schema becomes a new version if the subject does not have it yet.
     *
     * @throws SchemaRefusedException if the registry refuses it
     * @throws RegistryUnavailableException if it cannot be asked now
     */
    int register(String subject, Schema schema) {
        return registered.get(new Registration(subject, schema));
    }

    /**
     * The id of a schema that the subject already has.
     *
     * @throws SchemaRefusedException if the subject does not have it
     * @throws RegistryUnavailableException if the registry cannot be asked now
     */
    int lookUp(String subject, Schema schema) {
        return found.get(new Registration(subject, schema));
    }

    @Override
    public void close() {
        http.close();
    }

    private Schema fetch(int id) {
        JsonNode answer;
        try {
            answer = http.get("/schemas/ids/" + id);
        } catch (RegistryErrorException e) {
            if (e.code() == RegistryErrorException.UNKNOWN_SCHEMA) {
                throw new UnknownSchemaException(id, e);
            }
            throw new RegistryUnavailableException("schema registry refuses: " + e.words(), e);
        }
        String type = answer.path("schemaType").asString("AVRO");
        if (!type.equals("AVRO")) {
            throw new UndecodableException("schema " + id + " is of type " + type + ", not Avro");
        }
        try {
            return new Schema.Parser()
                    .setValidateDefaults(false)
                    .parse(answer.path("schema").asString(""));
        } catch (SchemaParseException e) {
            throw new UndecodableException("schema " + id + " is not a complete Avro schema", e);
        }
    }

    private int postVersion(Registration wanted) {
        try {
            return post("/subjects/" + encoded(wanted.subject()) + "/versions", wanted);
        } catch (RegistryErrorException e) {
            throw switch (e.status()) {
                case 409 ->
                    new SchemaRefusedException(
                            wanted.subject(),
                            "the schema of " + wanted.schema().getFullName()
                                    + " is incompatible with earlier versions of subject " + wanted.subject()
                                    + "; the schema registry says " + e.words());
                case 422 ->
                    new SchemaRefusedException(
                            wanted.subject(),
                            "the schema of " + wanted.schema().getFullName() + " is not accepted for subject "
                                    + wanted.subject() + "; the schema registry says " + e.words());
                default -> new RegistryUnavailableException("schema registry refuses: " + e.words(), e);
            };
        }
    }

    private int postSubject(Registration wanted) {
        try {
            return post("/subjects/" + encoded(wanted.subject()), wanted);
        } catch (RegistryErrorException e) {
            if (e.code() == RegistryErrorException.UNKNOWN_SUBJECT
                    || e.code() == RegistryErrorException.UNKNOWN_SCHEMA) {
                throw new SchemaRefusedException(
                        wanted.subject(),
                        "the schema of " + wanted.schema().getFullName() + " is not registered under subject "
                                + wanted.subject() + ": register it, or set " + SerdeConfig.AUTO_REGISTER + "=true");
            }
            throw new RegistryUnavailableException("schema registry refuses: " + e.words(), e);
        }
    }

    private int post(String path, Registration wanted) {
        JsonNode id =
                http.post(path, Map.of("schema", wanted.schema().toString())).path("id");
        if (!id.isInt()) {
            throw new RegistryUnavailableException("schema registry answers without an id to POST " + path);
        }
        schemas.put(id.intValue(), wanted.schema());
        return id.intValue();
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
