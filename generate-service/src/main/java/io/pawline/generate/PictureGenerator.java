package io.pawline.generate;

import io.pawline.outbound.ark.ArkAnswer;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkError;
import io.pawline.schemas.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Has Seedream draw a picture (<a href="https://www.volcengine.com/docs/82379/1541523">Ark, images/generations</a>).
 * Thread-safe.
 */
final class PictureGenerator {

    private static final Logger log = LoggerFactory.getLogger(PictureGenerator.class);

    private final ArkClient ark;
    private final GenerateProperties properties;
    private final Clock clock;

    PictureGenerator(ArkClient ark, GenerateProperties properties, Clock clock) {
        this.ark = Objects.requireNonNull(ark, "ark");
        this.properties = Objects.requireNonNull(properties, "properties");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Makes one call; it is paid for if it succeeds, and perhaps if it gets lost.
     *
     * @param callId our name for it
     * @throws InterruptedException if the thread is interrupted; the call is then cancelled
     */
    Generation generate(String prompt, String callId, Instant deadline) throws InterruptedException {
        ArkAnswer answered = ark.post(
                "images/generations",
                body(prompt),
                callId,
                properties.timeouts().endingBy(deadline, clock.instant()));
        return switch (answered) {
            case ArkAnswer.Ok ok -> {
                log.info(
                        "Seedream answered request {}: {} pictures, {} tokens",
                        ok.requestId(),
                        ok.body().path("usage").path("generated_images").asInt(0),
                        ok.body().path("usage").path("total_tokens").asInt(0));
                yield read(ok);
            }
            case ArkAnswer.Failed failed -> new Generation.Failed(failed.reason(), failed.detail(), failed.notBefore());
        };
    }

    private JsonNode body(String prompt) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", properties.model());
        body.put("prompt", prompt);
        body.put("size", properties.size());
        body.put("response_format", "url");
        if (properties.isSeedream3()) {
            body.put("seed", properties.seed());
            body.put("guidance_scale", properties.guidanceScale());
        }
        return body.put("watermark", properties.watermark());
    }

    private static Generation read(ArkAnswer.Ok ok) {
        JsonNode image = ok.body().path("data").path(0);
        if (image.path("error").isObject()) {
            return refused(ArkError.of(image.path("error")), ok.requestId());
        }
        String url = image.path("url").stringValue("");
        if (url.isEmpty()) {
            return malformed("holds no address of a picture", ok.requestId());
        }
        try {
            URI address = new URI(url);
            String scheme = address.getScheme();
            boolean fetchable = "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
            return fetchable && address.getHost() != null
                    ? new Generation.Picture(address)
                    : malformed("holds an address that is not http or https", ok.requestId());
        } catch (URISyntaxException unreadable) {
            return malformed("holds an address that cannot be read", ok.requestId());
        }
    }

    private static Generation refused(ArkError error, String requestId) {
        String what = error.code().orElse("an error without a code");
        return new Generation.Failed(
                error.reason().orElse(Reason.PROVIDER_ERROR),
                "Seedream made no picture: " + what + " (request " + requestId + ")");
    }

    private static Generation malformed(String what, String requestId) {
        return new Generation.Failed(
                Reason.MALFORMED_ANSWER, "Seedream's answer " + what + " (request " + requestId + ")");
    }
}
