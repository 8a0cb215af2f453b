package io.pawline.generate;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.stage.OutsideCall.Answer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Asks one provider for pictures. Thread-safe. */
interface PictureGenerator {

    /**
     * Makes one call. It is paid for if it succeeds, and perhaps if it gets lost.
     *
     * @param photo photo that the picture is made after; null: from the prompt alone
     * @param requestId Pawline's name for the call
     * @param memory for an answer that holds the picture
     * @throws InterruptedException if the thread is interrupted; the call is then cancelled
     */
    Answer<Generation> generate(
            String prompt, @Nullable DataUrl photo, String requestId, Instant deadline, BodyMemory memory)
            throws InterruptedException;

    /** A picture after a photo takes longer than one from words. */
    static String kind(@Nullable DataUrl photo) {
        return photo == null ? "words" : "photo";
    }
}
