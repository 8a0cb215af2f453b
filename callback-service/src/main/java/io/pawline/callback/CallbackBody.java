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

/** What the front end is told, in the envelope it has always known; what does not apply is left out. */
record CallbackBody(Params params) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int SUCCESS = 0;

    /** @param code 0, or the number of the reason */
    record Params(int code, Told data) {}

    /**
     * @param reason code of the reason, when it did not succeed
     * @param timestamp when the task ended, in epoch milliseconds
     * @param generation 1 for the first run, one more for each replay: another one is another ending
     * @param clientRef as submitted
     * @param metadata as submitted
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Told(
            String taskId,
            String status,
            @Nullable Result data,
            @Nullable String reason,
            String message,
            long timestamp,
            int generation,
            @Nullable String clientRef,
            @JsonRawValue @Nullable String metadata) {

        private static Told of(
                Task task, FinalState finalState, @Nullable Result data, @Nullable String reason, String message) {
            return new Told(
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

    /** {@code thumbnailUrl} is the largest thumbnail. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(URI imageUrl, @Nullable URI thumbnailUrl, int width, int height, List<Thumbnail> thumbnails) {}

    record Thumbnail(URI url, int width, int height) {}

    /**
     * The body that tells this ending of this task.
     *
     * @throws io.pawline.images.ImageStoreException if the pictures' addresses cannot be made
     */
    static CallbackBody of(Task task, FinalState finalState, ImageStore images) {
        return switch (finalState) {
            case FinalState.Success success ->
                body(SUCCESS, Told.of(task, finalState, result(success.pictures(), images), null, "success"));
            case FinalState.Failure failure ->
                body(
                        failure.reason().number(),
                        Told.of(task, finalState, null, failure.reason().code(), failure.message()));
        };
    }

    byte[] json() {
        return JSON.writeValueAsBytes(this);
    }

    private static CallbackBody body(int code, Told data) {
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
