package io.pawline.callback;

import io.pawline.events.StoredPicture;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.events.TaskResult;
import io.pawline.images.ImageKey;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.StoredImage;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskImages;
import io.pawline.taskstore.TaskState;
import java.net.URI;
import java.time.Instant;

/**
 * Reads the final state of a task from its event, and makes the event from the task's row. An event that is not valid
 * is a final state too, because the task must not stay open.
 */
final class FinalStates {

    private FinalStates() {}

    static FinalState of(TaskFinished event) {
        return switch (event.getEnding()) {
            case SUCCESS -> success(event);
            case FAILED -> failure(event, TaskState.FAILED, Reason.UNCLASSIFIED);
            case CANCELLED -> failure(event, TaskState.CANCELLED, Reason.CANCELLED);
            case EXPIRED -> failure(event, TaskState.EXPIRED, Reason.DEADLINE_PASSED);
        };
    }

    private static FinalState success(TaskFinished event) {
        Instant at = event.getFinishedAt();
        try {
            return new FinalState.Success(
                    at,
                    event.getResult()
                            .map(FinalStates::pictures)
                            .orElseThrow(() -> new IllegalArgumentException("it names no pictures")));
        } catch (IllegalArgumentException e) {
            return new FinalState.Failure(
                    at,
                    TaskState.FAILED,
                    Reason.UNCLASSIFIED,
                    Stage.CALLBACK,
                    "The pictures were made, but their event is not valid: " + e.getMessage());
        }
    }

    private static TaskImages pictures(TaskResult result) {
        return new TaskImages(
                picture(result.getImage()),
                result.getThumbnails().stream().map(FinalStates::picture).toList());
    }

    private static StoredImage picture(StoredPicture picture) {
        return new StoredImage(new ImageKey(picture.getKey()).value(), picture.getWidth(), picture.getHeight());
    }

    private static FinalState failure(TaskFinished event, TaskState state, Reason fallback) {
        return new FinalState.Failure(
                event.getFinishedAt(),
                state,
                event.getReason().flatMap(Reason::ofCode).orElse(fallback),
                event.getStage().flatMap(Stage::ofCode).orElse(null),
                event.getDetail().orElse(null));
    }

    /** The event with the task's final state. The task must have one. */
    static TaskFinished eventOf(Task task) {
        TaskFinished.Builder event = TaskFinished.newBuilder().setContext(context(task));
        return switch (task.finalState().orElseThrow()) {
            case FinalState.Success success ->
                event.setEnding(io.pawline.events.Ending.SUCCESS)
                        .setFinishedAt(success.at())
                        .setResult(result(success.pictures()))
                        .build();
            case FinalState.Failure failure ->
                event.setEnding(kind(failure.state()))
                        .setFinishedAt(failure.at())
                        .setStage(failure.failedStage().map(Stage::code).orElse(null))
                        .setReason(failure.reason().code())
                        .setDetail(failure.detail())
                        .build();
        };
    }

    private static TaskContext context(Task task) {
        Submission submission = task.submission();
        return TaskContext.newBuilder()
                .setTaskId(task.id().toString())
                .setTenant(submission.tenant())
                .setStyle(submission.style())
                .setSubmittedAt(submission.submittedAt())
                .setDeadline(submission.deadline())
                .setCallbackUrl(submission.callbackUrl().map(URI::toString).orElse(null))
                .setGeneration(task.generation())
                .setPriority(submission.priority().code())
                .build();
    }

    private static io.pawline.events.Ending kind(TaskState state) {
        return switch (state) {
            case CANCELLED -> io.pawline.events.Ending.CANCELLED;
            case EXPIRED -> io.pawline.events.Ending.EXPIRED;
            case FAILED -> io.pawline.events.Ending.FAILED;
            case ACCEPTED, SUCCESS -> throw new IllegalArgumentException("not a failure: " + state);
        };
    }

    private static TaskResult result(TaskImages taskImages) {
        return new TaskResult(
                stored(taskImages.image()),
                taskImages.thumbnails().stream().map(FinalStates::stored).toList());
    }

    private static StoredPicture stored(StoredImage storedImage) {
        return new StoredPicture(storedImage.key(), storedImage.width(), storedImage.height());
    }
}
