package io.pawline.ingest.submit;

import io.pawline.ingest.http.JsonElement;
import io.pawline.ingest.http.StrictJson;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Holds the JSON body of a submission.
 *
 * @param imageUrl address of the photo
 * @param uploadId direct upload that has the photo, instead of its address
 * @param deadline RFC 3339
 * @param ttl the time from now to the deadline, instead of the deadline
 * @param metadata the front end's own object
 * @param notBefore RFC 3339
 * @param again whether it asks for another variation, whatever is running already; null: it does not
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TaskBody(
        @Nullable String imageUrl,
        @Nullable String uploadId,
        @Nullable String style,
        @Nullable String callbackUrl,
        @Nullable String deadline,
        @Nullable String ttl,
        @Nullable String priority,
        @Nullable String clientRef,
        @Nullable JsonNode metadata,
        @Nullable String notBefore,
        @Nullable Boolean again) {

    /** Names of the fields a submission may have in a form, besides its photo. */
    static final List<String> FORM_FIELDS = List.of(
            "image_url",
            "style",
            "callback_url",
            "deadline",
            "ttl",
            "priority",
            "client_ref",
            "metadata",
            "not_before",
            "again");

    /** Names of the fields a submission may have in JSON. */
    private static final List<String> FIELDS =
            Stream.concat(Stream.of("upload_id"), FORM_FIELDS.stream()).toList();

    /**
     * Reads a body with one submission.
     *
     * @param maxBytes a longer one is refused, and not read to its end
     */
    static TaskBody read(HttpServletRequest request, long maxBytes) throws IOException {
        return StrictJson.object(StrictJson.bytes(request, maxBytes), TaskBody.class, FIELDS);
    }

    /**
     * Reads one of many submissions in a body.
     *
     * @param maxBytes a longer one is refused
     */
    static TaskBody of(JsonElement submission, long maxBytes) {
        if (submission.length() > maxBytes) {
            throw new ProblemException(
                    CommonProblem.REQUEST_TOO_LARGE,
                    "a submission has at most %d bytes: this one has %d".formatted(maxBytes, submission.length()));
        }
        if (!submission.isObject()) {
            throw new ProblemException(CommonProblem.INVALID_REQUEST, "the submission must be a JSON object");
        }
        return StrictJson.object(submission.bytes(), TaskBody.class, FIELDS);
    }

    TaskRequest request() {
        return new TaskRequest(
                imageUrl,
                null,
                uploadId,
                style,
                callbackUrl,
                deadline,
                ttl,
                priority,
                clientRef,
                metadata,
                notBefore,
                Boolean.TRUE.equals(again));
    }

    /** Reads metadata that came as text, as a form has them. */
    static @Nullable JsonNode metadata(@Nullable String text) {
        return text == null ? null : StrictJson.tree("metadata", text);
    }

    /** Reads {@code again} that came as text, as a form has it. */
    static boolean again(@Nullable String text) {
        return switch (text) {
            case null -> false;
            case "false" -> false;
            case "true" -> true;
            default -> throw new ProblemException(CommonProblem.INVALID_REQUEST, "again is neither true nor false");
        };
    }
}
