package io.pawline.stage.example;

import io.pawline.events.ImageRef;
import io.pawline.stage.OutsideCall;
import java.time.Instant;

/** Asks the outside service, once. */
interface CaptionClient {
    OutsideCall.Answer<Caption> describe(ImageRef photo, String requestId, Instant deadline)
            throws InterruptedException;
}
