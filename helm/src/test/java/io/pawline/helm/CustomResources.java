package io.pawline.helm;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checks objects of other projects' kinds against the schemas in {@code crds}. Thread-safe. */
final class CustomResources {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private CustomResources() {}

    /** @throws AssertionError if the object does not match the schema of its kind, or has an unknown field */
    static void check(String kind, String json) {
        List<Error> errors =
                SCHEMAS.computeIfAbsent(kind, CustomResources::schema).validate(json, InputFormat.JSON);
        if (!errors.isEmpty()) {
            throw new AssertionError("no " + kind + ": " + errors + "\n" + json);
        }
    }

    private static Schema schema(String kind) {
        try (InputStream file = CustomResources.class.getResourceAsStream("/crds/" + kind + ".json")) {
            JsonNode schema =
                    JSON.readTree(Objects.requireNonNull(file, () -> "no schema is known for kind '" + kind + "'"));
            close(schema);
            return REGISTRY.getSchema(schema.toString(), InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Refuses an unknown field, which a cluster would drop. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties")) {
            if (!object.has("additionalProperties") && !object.has("x-kubernetes-preserve-unknown-fields")) {
                object.put("additionalProperties", false);
            }
            object.path("properties").values().forEach(CustomResources::close);
        }
        Stream.of("items", "additionalProperties")
                .map(schema::path)
                .filter(JsonNode::isObject)
                .forEach(CustomResources::close);
    }
}
