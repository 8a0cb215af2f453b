package io.pawline.matting;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.Fetched;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.visual.PawlineMattingClient;
import io.pawline.outbound.visual.VisualAnswer.Failed;
import io.pawline.outbound.visual.VisualCall;
import io.pawline.schemas.Reason;
import io.pawline.stage.MemoryBudget;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Is a provider that speaks {@code pawline-matting}. It is sent the picture, which is fetched here. */
final class PawlineMattingProvider implements MattingProvider {

    private final PawlineMattingClient client;
    private final ImageFetcher pictures;

    PawlineMattingProvider(PawlineMattingClient client, ImageFetcher pictures) {
        this.client = Objects.requireNonNull(client, "client");
        this.pictures = Objects.requireNonNull(pictures, "pictures");
    }

    @Override
    public VisualCall cutOut(URI picture, Instant deadline, MemoryBudget.Share share) throws InterruptedException {
        return switch (pictures.fetch(picture, deadline, new BodyMemory(share::takeNow, share::take))) {
            case Fetched.Image image -> {
                // The picture, the answer, and its copy with the label
                long held = image.bytes().length;
                BodyMemory memory =
                        new BodyMemory(bytes -> share.takeNow(held + 2 * bytes), bytes -> share.take(held + 2 * bytes));
                yield client.cutOut(image.bytes(), deadline, memory);
            }
            case Fetched.NotFetched failed -> unreachable(failed.detail());
        };
    }

    /** Nothing was sent. Whoever keeps the picture is to blame, and another provider could not fetch it either. */
    private static VisualCall unreachable(String detail) {
        Reason reason = Reason.RESULT_UNREACHABLE;
        return new VisualCall(
                new Failed(reason, detail, Optional.empty()), CallFacts.NOTHING_SENT.report(Optional.of(reason)));
    }
}
