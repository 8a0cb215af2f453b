package io.pawline.callback;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.StoredImage;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskImages;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * Carries a final state to a receiver, in the envelope that front ends know. A field that does not apply is left out.
 */
record CallbackBody(Params params) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int SUCCESS = 0;

    /** @param code 0, or the number of the reason */
    record Params(int code, Notification data) {}

    /**
     * The final state of a task.
     *
     * @param reason code of the reason; null if the task succeeded
     * @param timestamp time of the final state in epoch milliseconds
     * @param generation 1 for the first run and one more for each replay; each generation has a final state of its own
     * @param clientRef reference of the front end, as submitted
     * @param metadata metadata of the front end, as submitted
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Notification(
            String taskId,
            String status,
            @Nullable Result data,
            @Nullable String reason,
            String message,
            long timestamp,
            int generation,
            @Nullable String clientRef,
            @JsonRawValue @Nullable String metadata) {

        private static Notification of(
                Task task, FinalState finalState, @Nullable Result data, @Nullable String reason, String message) {
            return new Notification(
                    task.id().toString(),
                    finalState.state().code(),
                    data,
                    reason,
                    message,
                    finalState.at().toEpochMilli(),
                    task.generation(),
                    task.submission().reference(),
                    task.submission().json());
        }
    }

    /** The pictures of a success. {@code thumbnailUrl} is the largest thumbnail. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(URI imageUrl, @Nullable URI thumbnailUrl, int width, int height, List<Thumbnail> thumbnails) {}

    record Thumbnail(URI url, int width, int height) {}

    /**
     * The body with this final state of this task.
     *
     * @throws io.pawline.images.ImageStoreException if the addresses of the pictures cannot be made
     */
    static CallbackBody of(Task task, FinalState finalState, ImageStore images) {
        return switch (finalState) {
            case FinalState.Success success ->
                body(SUCCESS, Notification.of(task, finalState, result(success.pictures(), images), null, "success"));
            case FinalState.Failure failure ->
                body(
                        failure.reason().number(),
                        Notification.of(task, finalState, null, failure.reason().code(), failure.message()));
        };
    }

    byte[] json() {
        return JSON.writeValueAsBytes(this);
    }

    private static CallbackBody body(int code, Notification data) {
        return new CallbackBody(new Params(code, data));
    }

    private static Result result(TaskImages taskImages, ImageStore images) {
        List<Thumbnail> thumbnails = taskImages.thumbnails().stream()
                .map(storedImage ->
                        new Thumbnail(urlOf(storedImage, images), storedImage.width(), storedImage.height()))
                .toList();
        return new Result(
                urlOf(taskImages.image(), images),
                thumbnails.isEmpty() ? null : thumbnails.getFirst().url(),
                taskImages.image().width(),
                taskImages.image().height(),
                thumbnails);
    }

    private static URI urlOf(StoredImage storedImage, ImageStore images) {
        return images.urlOf(new ImageKey(storedImage.key()));
    }
}
