package io.pawline.ops.deadletters;

import java.util.List;
import java.util.Optional;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes events by a JSON merge patch (<a href="https://www.rfc-editor.org/rfc/rfc7396">RFC 7396</a>) of their JSON.
 * Thread-safe.
 *
 * <p>Avro's JSON names the type of a value that may be null: {@code {"string": "…"}}. A patch need not: a value is taken
 * for the only type that it can have. A field that a patch removes gets its default, as a field has that an older version
 * did not know. What the schema does not have is refused, so that no wrong name is passed over.
 */
final class EventPatch {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode patch;

    EventPatch(JsonNode patch) {
        this.patch = patch;
    }

    /**
     * Applies the patch to an event.
     *
     * @return the changed event in Avro's JSON encoding, as far as the names of its fields say
     * @throws IllegalArgumentException if a field is missing in it, or if the schema does not have one, with its name
     */
    JsonNode applyTo(JsonNode event, Schema schema) {
        return fitted(schema, merged(event, patch), schema.getName());
    }

    private static JsonNode merged(@Nullable JsonNode target, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode merged =
                target != null && target.isObject() ? ((ObjectNode) target).deepCopy() : JSON.createObjectNode();
        patch.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                merged.remove(change.getKey());
            } else {
                merged.set(change.getKey(), merged(merged.get(change.getKey()), change.getValue()));
            }
        });
        return merged;
    }

    private static JsonNode fitted(Schema schema, JsonNode value, String path) {
        return switch (schema.getType()) {
            case RECORD -> record(schema, value, path);
            case UNION -> union(schema, value, path);
            case ARRAY -> array(schema, value, path);
            case MAP -> map(schema, value, path);
            default -> value;
        };
    }

    private static JsonNode record(Schema schema, JsonNode value, String path) {
        if (!value.isObject()) {
            throw new IllegalArgumentException("%s is no %s".formatted(path, schema.getName()));
        }
        ObjectNode record = JSON.createObjectNode();
        for (Field field : schema.getFields()) {
            String name = path + "." + field.name();
            JsonNode given = value.get(field.name());
            record.set(field.name(), given == null ? byDefault(field, name) : fitted(field.schema(), given, name));
        }
        value.propertyNames().forEach(name -> {
            if (schema.getField(name) == null) {
                throw new IllegalArgumentException("there is no %s.%s".formatted(path, name));
            }
        });
        return record;
    }

    private static JsonNode byDefault(Field field, String path) {
        if (!field.hasDefaultValue()) {
            throw new IllegalArgumentException(path + " is missing");
        }
        Object value = field.defaultVal();
        if (value.equals(JsonProperties.NULL_VALUE)) {
            return JSON.nullNode();
        }
        Schema schema = field.schema();
        return fitted(
                schema.getType() == Schema.Type.UNION ? schema.getTypes().getFirst() : schema,
                JSON.valueToTree(value),
                path);
    }

    private static JsonNode union(Schema schema, JsonNode value, String path) {
        if (value.isNull()) {
            return value;
        }
        List<Schema> branches = schema.getTypes().stream()
                .filter(branch -> branch.getType() != Schema.Type.NULL)
                .toList();
        Optional<Schema> named = branches.stream()
                .filter(branch -> value.isObject() && value.size() == 1 && value.has(branch.getFullName()))
                .findFirst();
        if (named.isEmpty() && branches.size() != 1) {
            throw new IllegalArgumentException("%s does not say of which type it is: %s"
                    .formatted(path, branches.stream().map(Schema::getFullName).toList()));
        }
        Schema branch = named.orElse(branches.getFirst());
        JsonNode inner = named.isPresent() ? value.path(branch.getFullName()) : value;
        return JSON.createObjectNode().set(branch.getFullName(), fitted(branch, inner, path));
    }

    private static JsonNode array(Schema schema, JsonNode value, String path) {
        if (!value.isArray()) {
            throw new IllegalArgumentException(path + " is no list");
        }
        ArrayNode array = JSON.createArrayNode();
        for (int i = 0; i < value.size(); i++) {
            array.add(fitted(schema.getElementType(), value.path(i), "%s[%d]".formatted(path, i)));
        }
        return array;
    }

    private static JsonNode map(Schema schema, JsonNode value, String path) {
        if (!value.isObject()) {
            throw new IllegalArgumentException(path + " is no object");
        }
        ObjectNode map = JSON.createObjectNode();
        value.properties()
                .forEach(entry -> map.set(
                        entry.getKey(), fitted(schema.getValueType(), entry.getValue(), path + "." + entry.getKey())));
        return map;
    }
}
