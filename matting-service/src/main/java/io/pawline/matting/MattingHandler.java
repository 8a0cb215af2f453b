package io.pawline.matting;

import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.images.PaidImages;
import io.pawline.images.label.PictureLabel;
import io.pawline.matting.TransparentPictures.Found;
import io.pawline.outbound.visual.VisualAnswer;
import io.pawline.outbound.visual.VisualAnswer.CutOut;
import io.pawline.outbound.visual.VisualAnswer.CutOutAt;
import io.pawline.outbound.visual.VisualAnswer.Failed;
import io.pawline.outbound.visual.VisualCall;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall.Answer;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the provider to remove the background of a generated picture, and stores the cut-out. A picture that was made with
 * a transparent background is stored as it is.
 */
final class MattingHandler implements Handler<ImageGenerated> {

    private static final Logger LOG = LoggerFactory.getLogger(MattingHandler.class);

    private final List<MattingProvider> providers;
    private final TransparentPictures transparent;
    private final ImageStore images;
    private final PaidImages archive;
    private final PictureLabel label;
    private final MemoryBudget budget;

    /**
     * @param providers in the order of the stage's specification
     * @param budget that answers with pictures take their share of before they are read */
    MattingHandler(
            List<MattingProvider> providers,
            TransparentPictures transparent,
            ImageStore images,
            PaidImages archive,
            PictureLabel label,
            MemoryBudget budget) {
        this.providers = List.copyOf(providers);
        this.transparent = transparent;
        this.images = images;
        this.archive = archive;
        this.label = label;
        this.budget = budget;
    }

    @Override
    public Outcome handle(ImageGenerated task, Attempt attempt) throws InterruptedException {
        try (MemoryBudget.Share share = budget.none()) {
            URI picture = address(task.getImage());
            return task.getTransparent()
                    ? lookAndCutOut(picture, task, attempt, share)
                    : cutOut(picture, task, attempt, share);
        } catch (ImageStoreException e) {
            // Without the stack, which would be the same for every task
            LOG.warn("{}: {}", e.getMessage(), String.valueOf(e.getCause()));
            return new Outcome.Retry(Reason.STORAGE_UNAVAILABLE, Reason.STORAGE_UNAVAILABLE.description());
        }
    }

    /** Pays for a call only if the model did not make a transparent background, as it was asked to. */
    private Outcome lookAndCutOut(URI picture, ImageGenerated task, Attempt attempt, MemoryBudget.Share share)
            throws InterruptedException {
        return switch (transparent.find(picture, attempt.deadline(), share)) {
            case Found.CutOut cutOut -> keep(cutOut.png(), task, attempt);
            case Found.NotTransparent not -> {
                LOG.info("the picture needs matting: {}", not.why());
                yield cutOut(picture, task, attempt, share);
            }
            case Found.Unreachable unreachable -> new Outcome.Retry(Reason.RESULT_UNREACHABLE, unreachable.detail());
        };
    }

    private Outcome cutOut(URI picture, ImageGenerated task, Attempt attempt, MemoryBudget.Share share)
            throws InterruptedException {
        return switch (attempt.call(place -> call(providers.get(place), picture, attempt, share))) {
            case CutOut cutOut -> {
                // The picture, and its copy with the label
                share.shrinkTo(2L * cutOut.png().length);
                yield keep(cutOut.png(), task, attempt);
            }
            case CutOutAt cutOut -> done(task, new ImageRef(null, cutOut.url().toString()));
            case Failed failed -> Outcome.failed(failed.reason(), failed.detail(), failed.notBefore());
        };
    }

    private static Answer<VisualAnswer> call(
            MattingProvider provider, URI picture, Attempt attempt, MemoryBudget.Share share)
            throws InterruptedException {
        VisualCall call = provider.cutOut(picture, attempt.deadline(), share);
        return new Answer<>(call.answer(), call.report());
    }

    private Outcome keep(byte[] png, ImageGenerated task, Attempt attempt) throws InterruptedException {
        ImageKey key = ImageKey.cutOut(attempt.taskId(), task.getContext().getGeneration(), UUID.randomUUID());
        archive.keep(key, label.into(png, task.getContext().getTenant(), attempt.taskId()), "image/png");
        return done(task, new ImageRef(key.value(), null));
    }

    /** The address at which the provider finds the picture. */
    private URI address(ImageRef picture) {
        return picture.getKey()
                .map(key -> images.urlOf(new ImageKey(key)))
                .or(() -> picture.getUrl().map(URI::create))
                .orElseThrow(() -> new IllegalArgumentException("the picture has neither key nor url"));
    }

    private static Outcome done(ImageGenerated task, ImageRef cutOut) {
        return Outcome.done(Stage.FINALIZE, new ImageCutOut(task.getContext(), cutOut));
    }
}
