package io.pawline.generate;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.schemas.Reason;
import io.pawline.stage.CallWork;
import io.pawline.stage.OutsideCall.Answer;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks one provider for pictures. Thread-safe. */
abstract class PictureGenerator {

    /** What is asked for. */
    final GenerateProperties properties;

    private final Clock clock;

    PictureGenerator(GenerateProperties properties, Clock clock) {
        this.properties = Objects.requireNonNull(properties, "properties");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Holds what came of a call.
     *
     * @param tokens that the provider says it has used; 0 if it says nothing of them
     */
    record Made(Generation generation, CallFacts facts, long tokens) {

        /** Nobody knows of a picture. */
        static Made failed(Reason reason, String detail, CallFacts facts, long tokens) {
            return new Made(new Generation.Failed(reason, detail, facts.notBefore()), facts, tokens);
        }
    }

    /**
     * Makes one call. It is paid for if it succeeds, and perhaps if it gets lost.
     *
     * @param photo photo that the picture is made after; null: from the prompt alone
     * @param requestId Pawline's name for the call
     * @param memory for an answer that holds the picture
     * @throws InterruptedException if the thread is interrupted; the call is then cancelled
     */
    final Answer<Generation> generate(
            String prompt, @Nullable DataUrl photo, String requestId, Instant deadline, BodyMemory memory)
            throws InterruptedException {
        Made made = call(prompt, photo, requestId, properties.timeouts().endingBy(deadline, clock.instant()), memory);
        Optional<Reason> failure =
                made.generation() instanceof Generation.Failed failed ? Optional.of(failed.reason()) : Optional.empty();
        return new Answer<>(made.generation(), made.facts().report(failure), new CallWork(kind(photo), made.tokens()));
    }

    /** Makes the call of {@link #generate} within these times. */
    abstract Made call(String prompt, @Nullable DataUrl photo, String requestId, Timeouts timeouts, BodyMemory memory)
            throws InterruptedException;

    /** A picture after a photo takes longer than one from words. */
    static String kind(@Nullable DataUrl photo) {
        return photo == null ? "words" : "photo";
    }
}
