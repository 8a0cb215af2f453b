package io.pawline.generate;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.ark.ArkAnswer;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkError;
import io.pawline.outbound.ark.ArkOperation;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.schemas.Reason;
import io.pawline.stage.CallWork;
import io.pawline.stage.OutsideCall.Answer;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks Seedream for a picture (<a href="https://www.volcengine.com/docs/82379/1541523">Ark, images/generations</a>).
 * Thread-safe.
 */
final class SeedreamGenerator implements PictureGenerator {

    private static final Logger log = LoggerFactory.getLogger(SeedreamGenerator.class);

    private final ArkClient ark;
    private final GenerateProperties properties;
    private final Clock clock;

    SeedreamGenerator(ArkClient ark, GenerateProperties properties, Clock clock) {
        this.ark = Objects.requireNonNull(ark, "ark");
        this.properties = Objects.requireNonNull(properties, "properties");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** Its answers hold addresses, so none needs memory. */
    @Override
    public Answer<Generation> generate(
            String prompt, @Nullable DataUrl photo, String requestId, Instant deadline, BodyMemory memory)
            throws InterruptedException {
        // A picture after a photo takes longer than one from words
        String kind = PictureGenerator.kind(photo);
        ArkAnswer answered = ark.post(
                ArkOperation.GENERATION,
                body(prompt, photo),
                requestId,
                properties.timeouts().endingBy(deadline, clock.instant()));
        return switch (answered) {
            case ArkAnswer.Ok ok -> {
                log.info(
                        "Seedream answered request {}: {} pictures, {} tokens",
                        ok.requestId(),
                        ok.body().path("usage").path("generated_images").asInt(0),
                        ok.tokens());
                yield read(ok, new CallWork(kind, ok.tokens()));
            }
            case ArkAnswer.Failed failed -> failed(failed, CallWork.of(kind));
        };
    }

    private JsonNode body(String prompt, @Nullable DataUrl photo) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", properties.model());
        body.put("prompt", prompt);
        if (photo != null) {
            body.putPOJO("image", photo);
        }
        body.put("size", properties.size());
        body.put("response_format", "url");
        if (properties.transparent()) {
            body.put("output_format", "png");
        }
        if (properties.isSeeded()) {
            body.put("seed", properties.seed());
            body.put("guidance_scale", properties.guidanceScale());
        }
        return body.put("watermark", properties.watermark());
    }

    private static Answer<Generation> read(ArkAnswer.Ok ok, CallWork work) {
        JsonNode image = ok.body().path("data").path(0);
        if (image.path("error").isObject()) {
            return failed(ok.butFailed(ArkError.of(image.path("error")), "Seedream made no picture"), work);
        }
        String url = image.path("url").stringValue("");
        if (url.isEmpty()) {
            return malformed(ok, work, "holds no address of a picture");
        }
        try {
            URI address = new URI(url);
            String scheme = address.getScheme();
            boolean fetchable = "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
            return fetchable && address.getHost() != null
                    ? new Answer<>(new Generation.Picture(address), ok.facts().report(Optional.empty()), work)
                    : malformed(ok, work, "holds an address that is not http or https");
        } catch (URISyntaxException unreadable) {
            return malformed(ok, work, "holds an address that cannot be read");
        }
    }

    private static Answer<Generation> malformed(ArkAnswer.Ok ok, CallWork work, String what) {
        return failed(ok.butFailed(Reason.MALFORMED_ANSWER, "Seedream's answer " + what), work);
    }

    private static Answer<Generation> failed(ArkAnswer.Failed failed, CallWork work) {
        CallFacts facts = failed.facts();
        return new Answer<>(
                new Generation.Failed(failed.reason(), failed.detail(), facts.notBefore()),
                facts.report(Optional.of(failed.reason())),
                work);
    }
}
