package io.pawline.callback;

import io.pawline.images.ImageAddress;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.outbound.webhook.CallbackBody;
import io.pawline.outbound.webhook.CallbackBody.Notification;
import io.pawline.outbound.webhook.CallbackBody.Result;
import io.pawline.outbound.webhook.CallbackBody.Thumbnail;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.StoredImage;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskImages;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the body of a callback from the final state of a task. */
final class FinalStateBody {

    private FinalStateBody() {}

    /**
     * The body with this final state of this task.
     *
     * @throws io.pawline.images.ImageStoreException if the addresses of the pictures cannot be made
     */
    static CallbackBody of(Task task, FinalState finalState, ImageStore images) {
        return switch (finalState) {
            case FinalState.Success success ->
                CallbackBody.success(notification(task, success, result(success.pictures(), images), null, "success"));
            case FinalState.Failure failure ->
                CallbackBody.failure(
                        failure.reason().number(),
                        notification(task, failure, null, failure.reason().code(), failure.message()));
        };
    }

    private static Notification notification(
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
                task.submission().json(),
                null);
    }

    private static Result result(TaskImages taskImages, ImageStore images) {
        StoredImage image = taskImages.image();
        List<Thumbnail> thumbnails = taskImages.thumbnails().stream()
                .map(thumbnail ->
                        new Thumbnail(addressOf(thumbnail, images).url(), thumbnail.width(), thumbnail.height()))
                .toList();
        ImageAddress address = addressOf(image, images);
        return Result.of(address.url(), image.width(), image.height(), thumbnails, address.expiresAt());
    }

    private static ImageAddress addressOf(StoredImage storedImage, ImageStore images) {
        return images.addressOf(new ImageKey(storedImage.key()));
    }
}
