package io.pawline.ingest.http;

import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads JSON from requests. A typing error is an error and not a guess: no unknown fields, no field twice, no number for
 * a text. Every method throws {@link ProblemException} if the JSON cannot be read; its detail says what is wrong.
 */
public final class StrictJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Metadata come back as they were sent, so no number is rounded.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .withCoercionConfig(
                    LogicalType.Boolean,
                    truth -> truth.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
            .build();

    /** Reads the outer form only, so it leaves duplicates and types to the one above. */
    private static final JsonMapper OUTLINE = JsonMapper.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private StrictJson() {}

    /**
     * Reads the whole body of a request, unpacked, and as UTF-8.
     *
     * @param maxBytes a longer one is refused, and not read to its end
     */
    public static byte[] bytes(HttpServletRequest request, long maxBytes) throws IOException {
        return RequestBody.json(request, maxBytes);
    }

    /**
     * Reads an object with text fields.
     *
     * @param fields names of the fields that it may have
     */
    public static <T> T object(byte[] bytes, Class<T> type, List<String> fields) {
        return parsed(fields, () -> JSON.readValue(bytes, type));
    }

    /**
     * Divides an object whose one field is an array into the elements of the array. It makes no tree: an element costs
     * nothing but its place. Within an element, only its outer form is checked.
     *
     * @param field name of the one field
     * @param most elements that the array may have, besides at least one
     */
    public static List<JsonElement> elements(byte[] bytes, String field, int most) {
        return parsed(List.of(), () -> {
            try (JsonParser json = OUTLINE.createParser(bytes)) {
                if (json.nextToken() != JsonToken.START_OBJECT
                        || json.nextToken() != JsonToken.PROPERTY_NAME
                        || !json.currentName().equals(field)
                        || json.nextToken() != JsonToken.START_ARRAY) {
                    throw notOneArray(field);
                }
                List<JsonElement> elements = elements(json, bytes, field, most);
                if (json.nextToken() != JsonToken.END_OBJECT) {
                    throw notOneArray(field);
                }
                if (json.nextToken() != null) {
                    throw invalid("the body is no well-formed JSON: something follows its object");
                }
                return elements;
            }
        });
    }

    private static List<JsonElement> elements(JsonParser json, byte[] bytes, String field, int most) {
        List<JsonElement> elements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (elements.size() == most) {
                throw invalid("%s has more than %d elements: 1 to %d are allowed".formatted(field, most, most));
            }
            int from = Math.toIntExact(json.currentTokenLocation().getByteOffset());
            json.skipChildren();
            json.finishToken();
            int to = Math.toIntExact(json.currentLocation().getByteOffset());
            elements.add(new JsonElement(bytes, from, to - from));
        }
        if (elements.isEmpty()) {
            throw invalid("%s has no elements: 1 to %d are allowed".formatted(field, most));
        }
        return elements;
    }

    private static ProblemException notOneArray(String field) {
        return invalid("the body must be a JSON object with the one field %s, an array".formatted(field));
    }

    /** Reads JSON of whatever shape that came as the text of this field. */
    public static JsonNode tree(String field, String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw invalid(field + " is no well-formed JSON: " + where(e));
        }
    }

    private static <T> T parsed(List<String> fields, Supplier<@Nullable T> parser) {
        try {
            T value = parser.get();
            if (value == null) {
                throw invalid("the body is null: send a JSON object");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw invalid("there is no field %s; the fields are %s"
                    .formatted(QuotedName.of(e.getPropertyName()), String.join(", ", fields)));
        } catch (StreamReadException e) {
            throw invalid("the body is no well-formed JSON: " + where(e));
        } catch (DatabindException e) {
            throw invalid(
                    e.getPath().isEmpty()
                            ? "the body must be a JSON object: the fields are " + String.join(", ", fields)
                            : e.getPath().getFirst().getPropertyName() + mustBe(e));
        } catch (JacksonException e) {
            throw invalid("the body cannot be read as JSON: " + where(e));
        }
    }

    private static String mustBe(DatabindException e) {
        return e instanceof MismatchedInputException wrong && wrong.getTargetType() == Boolean.class
                ? " must be true or false"
                : " must be a string";
    }

    private static String where(JacksonException e) {
        return e.getLocation() == null
                ? "it cannot be parsed"
                : "it breaks at line %d, column %d"
                        .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
    }
}
