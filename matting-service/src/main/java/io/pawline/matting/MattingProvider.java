package io.pawline.matting;

import io.pawline.outbound.visual.VisualCall;
import io.pawline.stage.MemoryBudget;
import java.net.URI;
import java.time.Instant;

/** Has one provider cut the background out of pictures. Thread-safe. */
interface MattingProvider {

    /**
     * Makes one call.
     *
     * @param share takes what the answer needs, and keeps it
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    VisualCall cutOut(URI picture, Instant deadline, MemoryBudget.Share share) throws InterruptedException;
}
