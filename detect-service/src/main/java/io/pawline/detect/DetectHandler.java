package io.pawline.detect;

import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.photoloader.LoadedPhoto;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.photoloader.PhotoLoader.Loaded;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.Outcome;
import io.pawline.stage.Preparation;
import io.pawline.stage.PreparingHandler;
import java.util.List;
import java.util.Objects;

/** Turns an accepted task into a described pet. The photo is loaded before the task waits for a call. */
final class DetectHandler implements PreparingHandler<TaskAccepted> {

    private final PhotoLoader photos;
    private final List<PetDetector> detectors;

    /** @param detectors in the order of the stage's providers */
    DetectHandler(PhotoLoader photos, List<PetDetector> detectors) {
        this.photos = Objects.requireNonNull(photos, "photos");
        this.detectors = List.copyOf(detectors);
    }

    @Override
    public Preparation prepare(TaskAccepted task, Attempt attempt) throws InterruptedException {
        return switch (photos.load(task.getPhoto(), task.getContext().getTenant(), attempt.deadline())) {
            case Loaded.Present present -> new WithPhoto(task, present.photo());
            case Loaded.Absent absent -> new Preparation.Ended(absent.outcome());
        };
    }

    /** Holds a task and its photo until the call. */
    private final class WithPhoto implements Preparation.Prepared {

        private final TaskAccepted task;
        private final LoadedPhoto photo;

        WithPhoto(TaskAccepted task, LoadedPhoto photo) {
            this.task = task;
            this.photo = photo;
        }

        @Override
        public Outcome handle(Attempt attempt) throws InterruptedException {
            return detect(photo, task, attempt);
        }

        @Override
        public void close() {
            photo.close();
        }
    }

    private Outcome detect(LoadedPhoto loadedPhoto, TaskAccepted task, Attempt attempt) throws InterruptedException {
        return switch (attempt.hedged(
                PetDetector.kind(loadedPhoto),
                (place, requestId) -> detectors.get(place).detect(loadedPhoto, requestId, attempt.deadline()))) {
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
