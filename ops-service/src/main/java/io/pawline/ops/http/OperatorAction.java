package io.pawline.ops.http;

import io.pawline.ops.access.Operator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of a request that does something: who, why, and what else the deed needs.
 *
 * @param who for the audit
 * @param why a sentence, for the audit
 */
public record OperatorAction(String who, String why, JsonNode fields) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int SHORTEST_WHY = 5;
    private static final int LONGEST = 1_000;

    /**
     * A request by this caller, who answers for it by the name of his key; where there are no keys, {@code by} says who he is.
     *
     * @param others the fields besides {@code by} and {@code why}
     */
    public static OperatorAction of(Operator operator, String body, String... others) {
        JsonNode fields = object(body, others);
        String why = text(fields, "why");
        if (why.length() < SHORTEST_WHY) {
            throw Parameters.invalid("why is too short: say in a sentence why this is done, for the audit");
        }
        return new OperatorAction(who(operator, fields), why, fields);
    }

    private static String who(Operator operator, JsonNode fields) {
        if (operator.name().isEmpty()) {
            return text(fields, "by");
        }
        String key = operator.name().get();
        return fields.has("by") ? "%s (%s)".formatted(key, text(fields, "by")) : key;
    }

    /** A request that changes nothing, so that nobody needs to answer for it. */
    public static OperatorAction ofQuestion(String body, String... fields) {
        return new OperatorAction("", "", object(body, fields));
    }

    private static JsonNode object(String body, String... others) {
        JsonNode fields;
        try {
            fields = JSON.readTree(body);
        } catch (JacksonException e) {
            throw Parameters.invalid("the body is not well-formed JSON");
        }
        if (!fields.isObject()) {
            throw Parameters.invalid("the body is no JSON object");
        }
        Set<String> known = new TreeSet<>(Set.of(others));
        known.add("by");
        known.add("why");
        fields.propertyNames().forEach(name -> {
            if (!known.contains(name)) {
                throw Parameters.invalid("there is no field \"%s\"; the fields are %s"
                        .formatted(name.length() > 50 ? name.substring(0, 50) : name, String.join(", ", known)));
            }
        });
        return fields;
    }

    private static String text(JsonNode fields, String name) {
        String text = fields.path(name).asString("").strip();
        if (text.isEmpty() || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw Parameters.invalid(
                    "%s is missing, longer than %d characters, or not one line of text".formatted(name, LONGEST));
        }
        return text;
    }

    /** The parameters of the filter, as a list of letters has them; at least one, lest everything is meant. */
    public Parameters filter() {
        JsonNode filter = fields.path("filter");
        if (!filter.isObject() || filter.isEmpty()) {
            throw Parameters.invalid(
                    "filter is missing: which letters, as in a list of them, such as {\"stage\":\"generate\"}");
        }
        Map<String, String> parameters = new HashMap<>();
        filter.properties().forEach(field -> {
            if (!field.getValue().isValueNode()) {
                throw Parameters.invalid("filter." + field.getKey() + " is no text or number");
            }
            parameters.put(field.getKey(), field.getValue().asString(""));
        });
        return Parameters.ofFilter(parameters);
    }

    /** The filter as it was asked for. */
    public String filterAsked() {
        return fields.path("filter").toString();
    }

    /** A whole number from 1 to the largest. */
    public int number(String name, int largest) {
        @Nullable JsonNode value = fields.get(name);
        if (value == null || !value.isInt() || value.intValue() < 1 || value.intValue() > largest) {
            throw Parameters.invalid("%s is no whole number from 1 to %d".formatted(name, largest));
        }
        return value.intValue();
    }
}
