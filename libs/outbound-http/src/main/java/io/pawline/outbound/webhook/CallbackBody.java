package io.pawline.outbound.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * Carries a final state to a receiver, in the envelope that front ends know. A field that does not apply is left out.
 */
public record CallbackBody(Params params) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int SUCCESS = 0;
    private static final Duration EXAMPLE_VALIDITY = Duration.ofHours(24);

    /**
     * The whole content.
     *
     * @param code 0, or the number of the reason
     */
    public record Params(int code, Notification data) {}

    /**
     * The final state of a task.
     *
     * @param reason code of the reason; null if the task succeeded
     * @param timestamp time of the final state in epoch milliseconds
     * @param generation 1 for the first run and one more for each replay; each generation has a final state of its own
     * @param clientRef reference of the front end, as submitted
     * @param metadata metadata of the front end, as submitted
     * @param test true: an example that somebody asked for, and no task has this id; null: a final state
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Notification(
            String taskId,
            String status,
            @Nullable Result data,
            @Nullable String reason,
            String message,
            long timestamp,
            int generation,
            @Nullable String clientRef,
            @JsonRawValue @Nullable String metadata,
            @Nullable Boolean test) {}

    /**
     * The pictures of a success. {@code thumbnailUrl} is the largest thumbnail.
     *
     * @param expiresAt moment from which the addresses are no longer valid; null: they do not expire
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(
            URI imageUrl,
            @Nullable URI thumbnailUrl,
            int width,
            int height,
            List<Thumbnail> thumbnails,
            @Nullable Instant expiresAt) {

        /**
         * The pictures with these addresses.
         *
         * @param thumbnails largest first
         * @param expiresAt moment from which the addresses are no longer valid; null: they do not expire
         */
        public static Result of(
                URI imageUrl, int width, int height, List<Thumbnail> thumbnails, @Nullable Instant expiresAt) {
            URI largest = thumbnails.isEmpty() ? null : thumbnails.getFirst().url();
            return new Result(imageUrl, largest, width, height, thumbnails, expiresAt);
        }
    }

    /** A smaller picture of the same. */
    public record Thumbnail(URI url, int width, int height) {}

    /** The body of a task that succeeded. */
    public static CallbackBody success(Notification data) {
        return new CallbackBody(new Params(SUCCESS, data));
    }

    /** The body of a task that did not succeed, for this reason. */
    public static CallbackBody failure(int reason, Notification data) {
        return new CallbackBody(new Params(reason, data));
    }

    /** An example of a success, which says that it is one. Its pictures do not exist. */
    public static CallbackBody example(String taskId, Instant at) {
        URI folder = URI.create("https://images.example/" + taskId + "/");
        Result result = Result.of(
                folder.resolve("cutout.png"),
                1024,
                1024,
                List.of(new Thumbnail(folder.resolve("thumbnail-256.png"), 256, 256)),
                at.plus(EXAMPLE_VALIDITY));
        return success(new Notification(
                taskId, "success", result, null, "success", at.toEpochMilli(), 1, null, null, Boolean.TRUE));
    }

    /** The bytes that are signed and sent. */
    public byte[] json() {
        return JSON.writeValueAsBytes(this);
    }
}
