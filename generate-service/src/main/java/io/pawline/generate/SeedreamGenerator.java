package io.pawline.generate;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkAnswer;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkError;
import io.pawline.outbound.ark.ArkOperation;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.outbound.ark.PictureAddress;
import io.pawline.schemas.Reason;
import java.time.Clock;
import java.util.Objects;
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
final class SeedreamGenerator extends PictureGenerator {

    private static final Logger log = LoggerFactory.getLogger(SeedreamGenerator.class);

    private final ArkClient ark;

    SeedreamGenerator(ArkClient ark, GenerateProperties properties, Clock clock) {
        super(properties, clock);
        this.ark = Objects.requireNonNull(ark, "ark");
    }

    /** Its answers hold addresses, so none needs memory. */
    @Override
    Made call(String prompt, @Nullable DataUrl photo, String requestId, Timeouts timeouts, BodyMemory memory)
            throws InterruptedException {
        ArkAnswer answered = ark.post(ArkOperation.GENERATION, body(prompt, photo), requestId, timeouts);
        return switch (answered) {
            case ArkAnswer.Ok ok -> {
                log.info(
                        "Seedream answered request {}: {} pictures, {} tokens",
                        ok.requestId(),
                        ok.body().path("usage").path("generated_images").asInt(0),
                        ok.tokens());
                yield read(ok);
            }
            case ArkAnswer.Failed failed -> failed(failed, 0);
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

    private static Made read(ArkAnswer.Ok ok) {
        JsonNode image = ok.body().path("data").path(0);
        if (image.path("error").isObject()) {
            return failed(ok.butFailed(ArkError.of(image.path("error")), "Seedream made no picture"), ok.tokens());
        }
        String url = image.path("url").stringValue("");
        return url.isEmpty()
                ? malformed(ok, "holds no address of a picture")
                : PictureAddress.read(
                        url,
                        address -> new Made(new Generation.Picture(address), ok.facts(), ok.tokens()),
                        what -> malformed(ok, what));
    }

    private static Made malformed(ArkAnswer.Ok ok, String what) {
        return failed(ok.butFailed(Reason.MALFORMED_ANSWER, "Seedream's answer " + what), ok.tokens());
    }

    private static Made failed(ArkAnswer.Failed failed, long tokens) {
        return Made.failed(failed.reason(), failed.detail(), failed.facts(), tokens);
    }
}
