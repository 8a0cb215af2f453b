package io.pawline.ops.audit;

import io.pawline.ops.access.Operator;
import io.pawline.ops.http.Parameters;
import java.math.BigDecimal;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the body of a request that does something: who asks, why, and what else the action needs.
 *
 * @param who for the audit
 * @param why a sentence, for the audit
 */
public record OperatorAction(String who, String why, JsonNode fields) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int SHORTEST_WHY = 5;
    private static final int LONGEST = 1_000;

    /**
     * Reads a request of this operator, whose key names him in the audit; where there are no keys, {@code by} names
     * him.
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

    /** Reads a request that changes nothing, so that nobody needs to answer for it. */
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

    /** Gives a field as it was asked for, as JSON. */
    public String asked(String name) {
        return fields.path(name).toString();
    }

    /**
     * Reads a field that is a number.
     *
     * @throws IllegalArgumentException if it is none
     */
    public BigDecimal decimal(String name) {
        @Nullable JsonNode value = fields.get(name);
        if (value == null || !value.isNumber()) {
            throw new IllegalArgumentException(name + " is no number");
        }
        return value.decimalValue();
    }

    /** Reads a field that is a whole number from 1 to the largest. */
    public int number(String name, int largest) {
        @Nullable JsonNode value = fields.get(name);
        if (value == null || !value.isInt() || value.intValue() < 1 || value.intValue() > largest) {
            throw Parameters.invalid("%s is no whole number from 1 to %d".formatted(name, largest));
        }
        return value.intValue();
    }
}
