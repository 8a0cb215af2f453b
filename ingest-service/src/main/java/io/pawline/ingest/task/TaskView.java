package io.pawline.ingest.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.images.ImageAddress;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.BatchId;
import io.pawline.taskstore.DeliveryState;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.StoredImage;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskImages;
import io.pawline.taskstore.TaskState;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Shows a task as JSON; what does not apply is left out.
 *
 * @param state {@code processing}, or the final state
 * @param stage the stage that it has reached, or the one that gave up
 * @param reason code of the reason, if it did not succeed
 * @param notBefore the moment before which no stage starts, if the submission named one
 * @param batchId the batch that it came with
 * @param queuePosition open tasks of the same tenant and priority that came before it, while it is processing
 * @param eta when it is expected to end, while it is processing and that can be predicted
 * @param waitingFor {@code budget} if it waits because its tenant has spent what it may spend in a day
 * @param delivery how far the callback of its final state has come, if it has one
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TaskView(
        String taskId,
        String state,
        @Nullable String stage,
        String style,
        Instant submittedAt,
        Instant deadline,
        String priority,
        @Nullable String clientRef,
        @JsonRawValue @Nullable String metadata,
        @Nullable Instant notBefore,
        @Nullable String batchId,
        @Nullable Long queuePosition,
        @Nullable Instant eta,
        @Nullable String waitingFor,
        @Nullable Instant endedAt,
        @Nullable String reason,
        @Nullable String message,
        @Nullable Result result,
        @Nullable String delivery,
        @Nullable Instant deliveredAt) {

    /**
     * The pictures of a task that succeeded; {@code thumbnailUrl} is the largest thumbnail.
     *
     * @param expiresAt the moment from which the addresses are no longer valid, if they expire
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            URI imageUrl,
            @Nullable URI thumbnailUrl,
            int width,
            int height,
            List<Image> thumbnails,
            @Nullable Instant expiresAt) {}

    /** One picture and its address. */
    record Image(URI url, int width, int height) {}

    /** The name of a state in the API. */
    public static String nameOf(TaskState state) {
        return state == TaskState.ACCEPTED ? "processing" : state.code();
    }

    /**
     * The view of a task.
     *
     * @param reached the newest stage that an open task has reached
     * @param now decides whether a callback that nobody has tried to send is still pending
     */
    public static TaskView of(Task task, Stage reached, ImageStore images, Instant now) {
        return of(task, reached, images, now, null);
    }

    /**
     * The view of a task, with a forecast if it is open.
     *
     * @param forecast null: none is shown
     */
    public static TaskView of(Task task, Stage reached, ImageStore images, Instant now, @Nullable Forecast forecast) {
        return switch (task.finalState().orElse(null)) {
            case null -> view(task, nameOf(TaskState.ACCEPTED), reached, null, null, null, forecast, now);
            case FinalState.Success success ->
                view(task, success.state().code(), null, null, null, result(success, images), null, now);
            case FinalState.Failure failure ->
                view(
                        task,
                        failure.state().code(),
                        failure.failedStage().orElse(null),
                        failure.reason(),
                        failure.message(),
                        null,
                        null,
                        now);
        };
    }

    private static TaskView view(
            Task task,
            String state,
            @Nullable Stage stage,
            @Nullable Reason reason,
            @Nullable String message,
            @Nullable Result result,
            @Nullable Forecast forecast,
            Instant now) {
        Submission submission = task.submission();
        return new TaskView(
                task.id().toString(),
                state,
                Optional.ofNullable(stage).map(Stage::code).orElse(null),
                submission.style(),
                submission.submittedAt(),
                submission.deadline(),
                submission.priority().code(),
                submission.reference(),
                submission.json(),
                submission.notBefore().orElse(null),
                submission.batchId().map(BatchId::toString).orElse(null),
                forecast == null ? null : forecast.position(),
                forecast == null ? null : forecast.end(),
                forecast == null ? null : forecast.waitingFor(),
                task.finalState().map(FinalState::at).orElse(null),
                Optional.ofNullable(reason).map(Reason::code).orElse(null),
                message,
                result,
                task.deliveryState(now).map(DeliveryState::code).orElse(null),
                task.delivery().deliveredAt());
    }

    private static Result result(FinalState.Success success, ImageStore images) {
        TaskImages taskImages = success.pictures();
        ImageAddress image = addressOf(taskImages.image(), images);
        List<Image> thumbnails = taskImages.thumbnails().stream()
                .map(storedImage ->
                        new Image(addressOf(storedImage, images).url(), storedImage.width(), storedImage.height()))
                .toList();
        return new Result(
                image.url(),
                thumbnails.isEmpty() ? null : thumbnails.getFirst().url(),
                taskImages.image().width(),
                taskImages.image().height(),
                thumbnails,
                image.expiresAt());
    }

    private static ImageAddress addressOf(StoredImage storedImage, ImageStore images) {
        return images.addressOf(new ImageKey(storedImage.key()));
    }
}
