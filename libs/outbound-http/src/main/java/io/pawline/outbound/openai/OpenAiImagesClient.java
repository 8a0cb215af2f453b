package io.pawline.outbound.openai;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageSniffer;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkError;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.outbound.ark.ModelApi;
import io.pawline.outbound.ark.PictureAddress;
import io.pawline.outbound.openai.OpenAiAnswer.Failed;
import io.pawline.outbound.openai.OpenAiAnswer.Picture;
import io.pawline.outbound.openai.OpenAiAnswer.PictureAt;
import io.pawline.schemas.Reason;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Headers;
import tools.jackson.databind.JsonNode;

/**
 * Has pictures made by an API that speaks OpenAI's images format
 * (<a href="https://developers.openai.com/api/reference/resources/images/methods/generate">images/generations</a> and <a
 * href="https://developers.openai.com/api/reference/resources/images/methods/edit">images/edits</a>), and classifies the
 * answers. Each call is made once. Thread-safe.
 */
public final class OpenAiImagesClient {

    /** The limit of an answer: a PNG of 3840 x 2160 pixels in base64. */
    private static final DataLimit ANSWER_LIMIT = DataLimit.ofKilobytes(48 << 10);

    /** The body, its text as JSON, the text decoded once, and the picture. */
    private static final int COPIES = 4;

    private final ModelApi api;
    private final Codes codes;

    /**
     * Makes a client for one account.
     *
     * @param properties address of the API, with {@code /v1}, and the key
     * @param refusedSettings is given the name of the setting each time that the API refuses one
     */
    public OpenAiImagesClient(
            OutboundHttp http, ArkProperties properties, Clock clock, Consumer<String> refusedSettings) {
        this.api = new ModelApi("the images API", http, properties, ANSWER_LIMIT, clock, refusedSettings);
        this.codes = new Codes(clock);
    }

    /**
     * Has one picture made.
     *
     * @param clientRequestId Pawline's name for the call, which the API logs; visible ASCII
     * @param memory for the answer
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public OpenAiAnswer make(OpenAiOrder order, String clientRequestId, Timeouts timeouts, BodyMemory memory)
            throws InterruptedException {
        ModelApi.Reply reply =
                api.post(order.path(), order.body(), clientRequestId, timeouts, memory.times(COPIES), codes);
        return switch (reply) {
            case ModelApi.Failed failed -> new Failed(failed.reason(), failed.detail(), failed.facts());
            case ModelApi.Ok ok -> read(ok);
        };
    }

    private static OpenAiAnswer read(ModelApi.Ok ok) {
        JsonNode image = ok.body().path("data").path(0);
        if (!image.isObject()) {
            return malformed(ok, "holds no picture");
        }
        long tokens = Math.max(0, ok.body().path("usage").path("total_tokens").asLong(0));
        String base64 = image.path("b64_json").stringValue("");
        if (!base64.isEmpty()) {
            return decoded(ok, base64, tokens);
        }
        String url = image.path("url").stringValue("");
        return url.isEmpty()
                ? malformed(ok, "holds neither a picture nor its address")
                : PictureAddress.read(
                        url, address -> new PictureAt(address, tokens, ok.facts()), what -> malformed(ok, what));
    }

    private static OpenAiAnswer decoded(ModelApi.Ok ok, String base64, long tokens) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            Optional<ImageHeader> header = ImageSniffer.sniff(bytes);
            return header.isPresent()
                    ? new Picture(bytes, header.get().kind(), tokens, ok.facts())
                    : malformed(ok, "holds a file that is no JPEG, PNG or WebP");
        } catch (IllegalArgumentException noBase64) {
            return malformed(ok, "holds a picture that is not in base64");
        }
    }

    private static Failed malformed(ModelApi.Ok ok, String what) {
        return new Failed(
                Reason.MALFORMED_ANSWER,
                "the images API's answer %s (request %s)".formatted(what, ok.requestId()),
                ok.facts());
    }

    private record Codes(Clock clock) implements ModelApi.ErrorCodes {
        @Override
        public Optional<Reason> reason(ArkError error, int status) {
            return OpenAiErrors.of(error.code(), error.type(), error.parameter(), status);
        }

        @Override
        public String setting(ArkError error) {
            return OpenAiErrors.setting(error.code().orElse(""), error.parameter());
        }

        @Override
        public Optional<Instant> notBefore(int status, Headers headers) {
            return status == 429
                    ? RateLimitReset.in(headers).map(wait -> clock.instant().plus(wait))
                    : Optional.empty();
        }
    }
}
