package io.pawline.detect;

import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.photoloader.LoadedPhoto;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.photoloader.PhotoLoader.Loaded;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import java.util.Objects;

/** Turns an accepted task into a described pet. */
final class DetectHandler implements Handler<TaskAccepted> {

    private final PhotoLoader photos;
    private final PetDetector detector;

    DetectHandler(PhotoLoader photos, PetDetector detector) {
        this.photos = Objects.requireNonNull(photos, "photos");
        this.detector = Objects.requireNonNull(detector, "detector");
    }

    @Override
    public Outcome handle(TaskAccepted task, Attempt attempt) throws InterruptedException {
        return switch (photos.load(task.getPhoto(), task.getContext().getTenant(), attempt.deadline())) {
            case Loaded.Present present -> {
                try (LoadedPhoto photo = present.photo()) {
                    yield detect(photo, task, attempt);
                }
            }
            case Loaded.Absent absent -> absent.outcome();
        };
    }

    private Outcome detect(LoadedPhoto loadedPhoto, TaskAccepted task, Attempt attempt) throws InterruptedException {
        return switch (attempt.call(() -> detector.detect(loadedPhoto, attempt.requestId(), attempt.deadline()))) {
            case Detection.Pet pet ->
                Outcome.done(
                        Stage.GENERATE,
                        PetDescribed.newBuilder()
                                .setContext(task.getContext())
                                .setDescription(pet.description())
                                .setPhoto(task.getPhoto())
                                .build());
            case Detection.NoPet _ -> new Outcome.Rejected(Reason.NO_PET, Reason.NO_PET.description());
            case Detection.Unknown unknown -> Outcome.failed(unknown.reason(), unknown.detail(), unknown.notBefore());
        };
    }
}
