package io.pawline.matting;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.visual.VisualCall;
import io.pawline.outbound.visual.VisualClient;
import io.pawline.stage.MemoryBudget;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;

/** Is a provider that speaks the visual API. It fetches the picture itself. */
final class VisualProvider implements MattingProvider {

    private final VisualClient visual;

    VisualProvider(VisualClient visual) {
        this.visual = Objects.requireNonNull(visual, "visual");
    }

    @Override
    public VisualCall cutOut(URI picture, Instant deadline, MemoryBudget.Share share) throws InterruptedException {
        return visual.cutOut(picture, deadline, new BodyMemory(share::takeNow, share::take));
    }
}
