package io.pawline.ingest.submit;

import io.pawline.ingest.http.QuotedName;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Holds the JSON body of a submission.
 *
 * @param imageUrl address of the photo
 * @param deadline RFC 3339
 * @param ttl the time from now to the deadline, instead of the deadline
 * @param metadata the front end's own object
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TaskBody(
        @Nullable String imageUrl,
        @Nullable String style,
        @Nullable String callbackUrl,
        @Nullable String deadline,
        @Nullable String ttl,
        @Nullable String priority,
        @Nullable String clientRef,
        @Nullable JsonNode metadata) {

    /** Names of the fields a submission may have besides its photo, in JSON and in a form. */
    static final List<String> FIELDS =
            List.of("image_url", "style", "callback_url", "deadline", "ttl", "priority", "client_ref", "metadata");

    // A typing error is an error and not a guess: no unknown fields, no field twice, no number for a text.
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
            .build();

    /**
     * Reads a body with one submission.
     *
     * @param maxBytes a longer one is refused, and not read to its end
     */
    static TaskBody read(InputStream in, long maxBytes) throws IOException {
        byte[] bytes = bytes(in, maxBytes);
        return parsed(() -> JSON.readValue(bytes, TaskBody.class));
    }

    /** Reads a body as JSON of whatever shape, as {@link #read} does. */
    static JsonNode tree(InputStream in, long maxBytes) throws IOException {
        byte[] bytes = bytes(in, maxBytes);
        return parsed(() -> JSON.readTree(bytes));
    }

    /** Reads one of many submissions in a body. */
    static TaskBody of(JsonNode submission) {
        if (!submission.isObject()) {
            throw invalid("the submission must be a JSON object");
        }
        return parsed(() -> JSON.treeToValue(submission, TaskBody.class));
    }

    private static byte[] bytes(InputStream in, long maxBytes) throws IOException {
        byte[] bytes = in.readNBytes(Math.toIntExact(maxBytes + 1));
        if (bytes.length > maxBytes) {
            throw new ProblemException(
                    CommonProblem.REQUEST_TOO_LARGE,
                    "a JSON body has at most " + maxBytes + " bytes: this one has more");
        }
        return bytes;
    }

    private static <T> T parsed(Supplier<@Nullable T> parser) {
        try {
            T value = parser.get();
            if (value == null) {
                throw invalid("the body is null: send a JSON object");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw invalid("there is no field %s; the fields are %s"
                    .formatted(QuotedName.of(e.getPropertyName()), String.join(", ", FIELDS)));
        } catch (StreamReadException e) {
            throw invalid("the body is no well-formed JSON: " + where(e));
        } catch (DatabindException e) {
            throw invalid(fieldOf(e) + " must be a string");
        } catch (JacksonException e) {
            throw invalid("the body cannot be read as JSON: " + where(e));
        }
    }

    TaskRequest request() {
        return new TaskRequest(imageUrl, null, style, callbackUrl, deadline, ttl, priority, clientRef, metadata);
    }

    /** Reads metadata that came as text, as a form has them. */
    static @Nullable JsonNode metadata(@Nullable String text) {
        try {
            return text == null ? null : JSON.readTree(text);
        } catch (JacksonException e) {
            throw invalid("metadata is no well-formed JSON: " + where(e));
        }
    }

    private static String fieldOf(DatabindException e) {
        return e.getPath().isEmpty()
                ? "the body must be a JSON object, and each of its fields"
                : e.getPath().getFirst().getPropertyName();
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
