package io.pawline.callback;

import io.pawline.events.StoredPicture;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.events.TaskResult;
import io.pawline.images.ImageKey;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Ending;
import io.pawline.taskstore.Picture;
import io.pawline.taskstore.Pictures;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskState;
import java.net.URI;
import java.time.Instant;

/**
 * Reads a task's ending from its event, and writes the event from the task's row. Whatever the event says, it is an ending:
 * the task must not stay open.
 */
final class Endings {

    private Endings() {}

    static Ending of(TaskFinished event) {
        return switch (event.getEnding()) {
            case SUCCESS -> success(event);
            case FAILED -> failure(event, TaskState.FAILED, Reason.UNCLASSIFIED);
            case CANCELLED -> failure(event, TaskState.CANCELLED, Reason.CANCELLED);
            case EXPIRED -> failure(event, TaskState.EXPIRED, Reason.DEADLINE_PASSED);
        };
    }

    private static Ending success(TaskFinished event) {
        Instant at = event.getFinishedAt();
        try {
            return new Ending.Success(
                    at,
                    event.getResult()
                            .map(Endings::pictures)
                            .orElseThrow(() -> new IllegalArgumentException("it names no pictures")));
        } catch (IllegalArgumentException e) {
            return new Ending.Failure(
                    at,
                    TaskState.FAILED,
                    Reason.UNCLASSIFIED,
                    Stage.CALLBACK,
                    "The pictures were made, but the event that says so is not valid: " + e.getMessage());
        }
    }

    private static Pictures pictures(TaskResult result) {
        return new Pictures(
                picture(result.getImage()),
                result.getThumbnails().stream().map(Endings::picture).toList());
    }

    private static Picture picture(StoredPicture picture) {
        return new Picture(new ImageKey(picture.getKey()).value(), picture.getWidth(), picture.getHeight());
    }

    private static Ending failure(TaskFinished event, TaskState state, Reason unnamed) {
        return new Ending.Failure(
                event.getFinishedAt(),
                state,
                event.getReason().flatMap(Reason::ofCode).orElse(unnamed),
                event.getStage().flatMap(Stage::ofCode).orElse(null),
                event.getDetail().orElse(null));
    }

    /** The event that tells of the task's ending, which it must have. */
    static TaskFinished eventOf(Task task) {
        TaskFinished.Builder event = TaskFinished.newBuilder().setContext(context(task));
        return switch (task.ending().orElseThrow()) {
            case Ending.Success success ->
                event.setEnding(io.pawline.events.Ending.SUCCESS)
                        .setFinishedAt(success.at())
                        .setResult(result(success.pictures()))
                        .build();
            case Ending.Failure failure ->
                event.setEnding(kind(failure.state()))
                        .setFinishedAt(failure.at())
                        .setStage(failure.endingStage().map(Stage::code).orElse(null))
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
            case ACCEPTED, SUCCESS -> throw new IllegalArgumentException("no failure: " + state);
        };
    }

    private static TaskResult result(Pictures pictures) {
        return new TaskResult(
                stored(pictures.image()),
                pictures.thumbnails().stream().map(Endings::stored).toList());
    }

    private static StoredPicture stored(Picture picture) {
        return new StoredPicture(picture.key(), picture.width(), picture.height());
    }
}
