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
import io.pawline.finalize.FinishResult.Thumbnail;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.images.label.PictureLabel;
import io.pawline.images.label.VisibleLabel;
import io.pawline.outbound.ImageKind;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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
    private final Optional<WebpConverter> webp;
    private final ImageStore images;
    private final PictureLabel label;
    private final Clock clock;

    /** @param webp what makes WebP of the thumbnails; empty: they stay PNG */
    FinalizeHandler(
            CutOutSource source,
            PictureFinisher finisher,
            Optional<WebpConverter> webp,
            ImageStore images,
            PictureLabel label,
            Clock clock) {
        this.source = source;
        this.finisher = finisher;
        this.webp = webp;
        this.images = images;
        this.label = label;
        this.clock = clock;
    }

    @Override
    public Outcome handle(ImageCutOut task, Attempt attempt) throws IOException, InterruptedException {
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
            throws IOException, InterruptedException {
        return switch (finisher.finish(cutOut, visible)) {
            // Not retried, because the bytes would be the same
            case Implausible implausible -> new Outcome.Rejected(Reason.INCONSISTENT_RESULT, implausible.why());
            case Pictures pictures ->
                Outcome.done(Stage.CALLBACK, succeeded(task.getContext(), keep(pictures, cutOut, visible, task, id)));
        };
    }

    private TaskResult keep(
            Pictures pictures, byte[] cutOut, Optional<VisibleLabel> visible, ImageCutOut task, TaskId id)
            throws IOException, InterruptedException {
        EncodedPng picture = pictures.result();
        // What matting-service has stored has its label and needs no copy, unless something was drawn on it
        Optional<String> stored = task.getImage().getKey().filter(_ -> visible.isEmpty());
        StoredPicture result = stored.isPresent()
                ? new StoredPicture(stored.get(), picture.width(), picture.height())
                : keepResult(picture, cutOut, task, id);
        List<StoredPicture> thumbnails = new ArrayList<>();
        for (Thumbnail thumbnail : pictures.thumbnails()) {
            thumbnails.add(keep(thumbnail, cutOut, task, id));
        }
        return new TaskResult(result, thumbnails);
    }

    private StoredPicture keepResult(EncodedPng picture, byte[] cutOut, ImageCutOut task, TaskId id) {
        ImageKey key = ImageKey.result(id, task.getContext().getGeneration());
        return put(key, labelled(picture, cutOut, task, id), ImageKind.PNG, picture);
    }

    private StoredPicture keep(Thumbnail thumbnail, byte[] cutOut, ImageCutOut task, TaskId id)
            throws IOException, InterruptedException {
        EncodedPng picture = thumbnail.picture();
        byte[] png = labelled(picture, cutOut, task, id);
        ImageKind kind = webp.isPresent() ? ImageKind.WEBP : ImageKind.PNG;
        ImageKey key = ImageKey.thumbnail(id, task.getContext().getGeneration(), thumbnail.size(), kind.extension());
        // The label is in XMP, which is converted with the picture
        return put(key, webp.isPresent() ? webp.get().convert(png) : png, kind, picture);
    }

    private byte[] labelled(EncodedPng picture, byte[] cutOut, ImageCutOut task, TaskId id) {
        return label.into(picture.png(), cutOut, task.getContext().getTenant(), id);
    }

    private StoredPicture put(ImageKey key, byte[] file, ImageKind kind, EncodedPng picture) {
        images.put(key, file, kind.mediaType());
        return new StoredPicture(key.value(), picture.width(), picture.height());
    }

    private TaskFinished succeeded(TaskContext context, TaskResult result) {
        return new TaskFinished(
                context, Ending.SUCCESS, clock.instant().truncatedTo(ChronoUnit.MILLIS), null, null, null, result);
    }
}
