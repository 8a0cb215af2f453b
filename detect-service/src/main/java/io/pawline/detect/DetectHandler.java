package io.pawline.detect;

import io.pawline.detect.PhotoLoader.Loaded;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.images.ImageKey;
import io.pawline.outbound.AddressGuard;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;

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
        return switch (load(task, attempt)) {
            case Loaded.Present present -> {
                try (LoadedPhoto photo = present.photo()) {
                    yield detect(photo, task, attempt);
                }
            }
            case Loaded.Absent absent when absent.retryable() -> new Outcome.Retry(absent.reason(), absent.detail());
            case Loaded.Absent absent -> new Outcome.Rejected(absent.reason(), absent.detail());
        };
    }

    /** Loads the photo. The look-up of its host counts for the tenant, who named it. */
    private Loaded load(TaskAccepted task, Attempt attempt) throws InterruptedException {
        return ScopedValue.where(AddressGuard.TENANT, task.getContext().getTenant())
                .<Loaded, InterruptedException>call(() -> load(task.getPhoto(), attempt));
    }

    private Loaded load(ImageRef photo, Attempt attempt) throws InterruptedException {
        Optional<String> key = photo.getKey();
        if (key.isPresent()) {
            return photos.stored(new ImageKey(key.get()));
        }
        String url = photo.getUrl().orElseThrow(() -> new IllegalArgumentException("the photo has no key and no url"));
        URI address;
        try {
            address = URI.create(url);
        } catch (IllegalArgumentException unreadable) {
            return new Loaded.Absent(Reason.ADDRESS_REFUSED, false, "the photo's address is not a valid URI");
        }
        return photos.remote(address, attempt.deadline());
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
