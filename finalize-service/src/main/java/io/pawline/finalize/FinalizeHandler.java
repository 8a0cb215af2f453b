package io.pawline.finalize;

import io.pawline.events.Ending;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageRef;
import io.pawline.events.StoredPicture;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.events.TaskResult;
import io.pawline.finalize.CutOutSource.Found;
import io.pawline.finalize.FinishResult.EncodedPng;
import io.pawline.finalize.FinishResult.Implausible;
import io.pawline.finalize.FinishResult.Pictures;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.images.label.PictureLabel;
import io.pawline.images.label.VisibleLabel;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks a cut-out, makes its thumbnails and stores what is not in the image store yet. Together they are the result.
 */
final class FinalizeHandler implements Handler<ImageCutOut> {

    private static final Logger LOG = LoggerFactory.getLogger(FinalizeHandler.class);

    private final CutOutSource source;
    private final PictureFinisher finisher;
    private final ImageStore images;
    private final PictureLabel label;
    private final Clock clock;

    FinalizeHandler(CutOutSource source, PictureFinisher finisher, ImageStore images, PictureLabel label, Clock clock) {
        this.source = source;
        this.finisher = finisher;
        this.images = images;
        this.label = label;
        this.clock = clock;
    }

    @Override
    public Outcome handle(ImageCutOut task, Attempt attempt) throws InterruptedException {
        Optional<VisibleLabel> visible = label.visible(task.getContext().getTenant());
        // The file and its copy with words, and both with the label in their metadata
        int copies = visible.isPresent() ? 4 : task.getImage().getKey().isPresent() ? 1 : 2;
        try {
            return switch (find(task.getImage(), copies, attempt.deadline())) {
                case Found.Nothing nothing -> nothing.outcome();
                case Found.Bytes found -> {
                    try (found) {
                        yield finish(found.bytes(), visible, task, attempt.taskId());
                    }
                }
            };
        } catch (ImageStoreException e) {
            // Without the stack, which would be the same for every task
            LOG.warn("{}: {}", e.getMessage(), String.valueOf(e.getCause()));
            return new Outcome.Retry(Reason.STORAGE_UNAVAILABLE, Reason.STORAGE_UNAVAILABLE.description());
        }
    }

    private Found find(ImageRef image, int copies, Instant deadline) throws InterruptedException {
        return image.getKey().isPresent()
                ? source.stored(new ImageKey(image.getKey().get()), copies)
                : source.remote(URI.create(image.getUrl().orElseThrow()), copies, deadline);
    }

    private Outcome finish(byte[] cutOut, Optional<VisibleLabel> visible, ImageCutOut task, TaskId id)
            throws InterruptedException {
        return switch (finisher.finish(cutOut, visible)) {
            // Not retried, because the bytes would be the same
            case Implausible implausible -> new Outcome.Rejected(Reason.INCONSISTENT_RESULT, implausible.why());
            case Pictures pictures ->
                Outcome.done(Stage.CALLBACK, succeeded(task.getContext(), keep(pictures, cutOut, visible, task, id)));
        };
    }

    private TaskResult keep(
            Pictures pictures, byte[] cutOut, Optional<VisibleLabel> visible, ImageCutOut task, TaskId id) {
        int generation = task.getContext().getGeneration();
        EncodedPng picture = pictures.result();
        // What matting-service has stored has its label and needs no copy, unless something was drawn on it
        StoredPicture result = task.getImage()
                .getKey()
                .filter(_ -> visible.isEmpty())
                .map(key -> new StoredPicture(key, picture.width(), picture.height()))
                .orElseGet(() -> keep(ImageKey.result(id, generation), picture, cutOut, task, id));
        List<StoredPicture> thumbnails = pictures.thumbnails().stream()
                .map(thumbnail -> keep(
                        ImageKey.thumbnail(id, generation, thumbnail.size()), thumbnail.picture(), cutOut, task, id))
                .toList();
        return new TaskResult(result, thumbnails);
    }

    private StoredPicture keep(ImageKey key, EncodedPng encodedPng, byte[] cutOut, ImageCutOut task, TaskId id) {
        images.put(key, label.into(encodedPng.png(), cutOut, task.getContext().getTenant(), id), "image/png");
        return new StoredPicture(key.value(), encodedPng.width(), encodedPng.height());
    }

    private TaskFinished succeeded(TaskContext context, TaskResult result) {
        return new TaskFinished(
                context, Ending.SUCCESS, clock.instant().truncatedTo(ChronoUnit.MILLIS), null, null, null, result);
    }
}
