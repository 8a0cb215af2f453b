package io.pawline.detect;

import io.pawline.outbound.CallFacts;
import io.pawline.outbound.ark.ArkAnswer;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkOperation;
import io.pawline.photoloader.LoadedPhoto;
import io.pawline.schemas.Reason;
import io.pawline.stage.CallWork;
import io.pawline.stage.OutsideCall.Answer;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the vision model whether there is a pet in a photo, and what it looks like. Thread-safe. */
final class PetDetector {

    private static final Logger log = LoggerFactory.getLogger(PetDetector.class);

    /** A photo of more bytes is a large one. */
    private static final int LARGE = 256 * 1024;

    private final ArkClient ark;
    private final DetectProperties properties;
    private final Clock clock;
    private final VisionRequest request;
    private final VisionAnswer answer;

    PetDetector(ArkClient ark, DetectProperties properties, Clock clock) {
        this.ark = Objects.requireNonNull(ark, "ark");
        this.properties = Objects.requireNonNull(properties, "properties");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.request = new VisionRequest(properties);
        this.answer = new VisionAnswer(properties.maxDescriptionLength());
    }

    /**
     * Makes one call.
     *
     * @param requestId Pawline's name for the call
     * @throws InterruptedException if the thread is interrupted; the call is then cancelled
     */
    Answer<Detection> detect(LoadedPhoto loadedPhoto, String requestId, Instant deadline) throws InterruptedException {
        ArkAnswer answered = ark.post(
                ArkOperation.CHAT,
                request.about(loadedPhoto),
                requestId,
                properties.timeouts().endingBy(deadline, clock.instant()));
        Detection detection = switch (answered) {
            case ArkAnswer.Ok ok -> {
                log.info("The vision model answered request {}", ok.requestId());
                yield answer.read(ok.body());
            }
            case ArkAnswer.Failed(Reason reason, String detail, CallFacts facts) ->
                new Detection.Unknown(reason, detail, facts.notBefore());
        };
        return new Answer<>(
                detection,
                answered.facts().report(detection.failure()),
                new CallWork(kind(loadedPhoto), answered.tokens()));
    }

    /** A large photo takes longer than a small one to be sent and to be looked at. */
    static String kind(LoadedPhoto photo) {
        return photo.bytes().length > LARGE ? "large" : "small";
    }
}
