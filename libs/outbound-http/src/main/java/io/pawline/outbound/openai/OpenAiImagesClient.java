package io.pawline.outbound.openai;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Exchange;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageSniffer;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.ProviderStatus;
import io.pawline.outbound.RetryAfter;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkError;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.outbound.ark.StreamedJson;
import io.pawline.outbound.openai.OpenAiAnswer.Failed;
import io.pawline.outbound.openai.OpenAiAnswer.Picture;
import io.pawline.outbound.openai.OpenAiAnswer.PictureAt;
import io.pawline.schemas.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

    private final OutboundHttp http;
    private final ArkProperties properties;
    private final HttpUrl baseUrl;
    private final RetryAfter retryAfter;
    private final Clock clock;
    private final Consumer<String> refusedSettings;
    private final JsonMapper json = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Math.toIntExact(ANSWER_LIMIT.bytes()))
                    .build())
            .build());

    /**
     * Makes a client for one account.
     *
     * @param properties address of the API, with {@code /v1}, and the key
     * @param refusedSettings is given the name of the setting each time that the API refuses one
     */
    public OpenAiImagesClient(
            OutboundHttp http, ArkProperties properties, Clock clock, Consumer<String> refusedSettings) {
        this.http = Objects.requireNonNull(http, "http");
        this.properties = Objects.requireNonNull(properties, "properties");
        this.baseUrl = HttpUrl.get(properties.baseUrl().toString());
        this.clock = Objects.requireNonNull(clock, "clock");
        this.retryAfter = new RetryAfter(clock);
        this.refusedSettings = Objects.requireNonNull(refusedSettings, "refusedSettings");
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
        Request request = new Request.Builder()
                .url(baseUrl.newBuilder().addPathSegments(order.path()).build())
                .header("Authorization", "Bearer " + properties.apiKey())
                .header("User-Agent", "pawline")
                .header("X-Client-Request-Id", clientRequestId)
                .post(new StreamedJson(json, order.body()))
                .build();
        Exchange exchange = http.exchange(request, timeouts, ANSWER_LIMIT, memory.times(COPIES));
        return switch (exchange) {
            case Died died -> new Failed(died.reason(), died.detail(), died.facts());
            case Answered answered -> read(answered, clientRequestId);
        };
    }

    private OpenAiAnswer read(Answered answered, String clientRequestId) {
        CallFacts facts = answered.facts().withRequestId(requestId(answered.headers()));
        String requestId = facts.requestId().orElse(clientRequestId);
        JsonNode body = parse(answered.body());
        JsonNode error = body == null ? null : body.get("error");
        boolean failed = error != null && !error.isNull();
        if (failed || answered.status() < 200 || answered.status() >= 300) {
            return failed(answered, failed ? Objects.requireNonNull(error) : null, requestId, facts);
        }
        JsonNode image = body == null ? null : body.path("data").path(0);
        if (image == null || !image.isObject()) {
            return malformed("holds no picture", requestId, facts);
        }
        long tokens = Math.max(
                0,
                Objects.requireNonNull(body).path("usage").path("total_tokens").asLong(0));
        String base64 = image.path("b64_json").stringValue("");
        return base64.isEmpty()
                ? at(image.path("url").stringValue(""), tokens, requestId, facts)
                : decoded(base64, tokens, requestId, facts);
    }

    private static OpenAiAnswer decoded(String base64, long tokens, String requestId, CallFacts facts) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            Optional<ImageHeader> header = ImageSniffer.sniff(bytes);
            return header.isPresent()
                    ? new Picture(bytes, header.get().kind(), tokens, facts)
                    : malformed("holds a file that is no JPEG, PNG or WebP", requestId, facts);
        } catch (IllegalArgumentException noBase64) {
            return malformed("holds a picture that is not in base64", requestId, facts);
        }
    }

    private static OpenAiAnswer at(String url, long tokens, String requestId, CallFacts facts) {
        if (url.isEmpty()) {
            return malformed("holds neither a picture nor its address", requestId, facts);
        }
        try {
            URI address = new URI(url);
            boolean fetchable =
                    "https".equalsIgnoreCase(address.getScheme()) || "http".equalsIgnoreCase(address.getScheme());
            return fetchable && address.getHost() != null
                    ? new PictureAt(address, tokens, facts)
                    : malformed("holds an address that is not http or https", requestId, facts);
        } catch (URISyntaxException unreadable) {
            return malformed("holds an address that cannot be read", requestId, facts);
        }
    }

    private static Failed malformed(String what, String requestId, CallFacts facts) {
        return new Failed(
                Reason.MALFORMED_ANSWER, "the images API's answer %s (request %s)".formatted(what, requestId), facts);
    }

    private Failed failed(Answered answered, @Nullable JsonNode node, String requestId, CallFacts facts) {
        // Some gateways write a text in the place of the object
        ArkError error = node == null ? ArkError.NONE : ArkError.of(node);
        String type = node == null ? "" : node.path("type").asString("");
        Reason reason = OpenAiErrors.of(error.code(), type, error.parameter(), answered.status())
                .orElseGet(() -> ProviderStatus.reason(answered.status()));
        // The message about a refused key may quote the key
        String said = reason == Reason.AUTHENTICATION ? "" : error.message(properties.apiKey());
        String detail = "the images API answered " + answered.status()
                + error.code().map(code -> " " + code).orElse("")
                + (said.isEmpty() ? "" : ": " + said)
                + " (request " + requestId + ")"
                + advice(reason, error);
        return new Failed(reason, detail, facts.withProviderCode(error.code()).withNotBefore(notBefore(answered)));
    }

    private Optional<Instant> notBefore(Answered answered) {
        Optional<Instant> named = retryAfter.notBefore(answered.headers());
        return named.isPresent() || answered.status() != 429
                ? named
                : RateLimitReset.in(answered.headers())
                        .map(wait -> clock.instant().plus(wait));
    }

    private String advice(Reason reason, ArkError error) {
        if (reason != Reason.CONFIGURATION) {
            return "";
        }
        String setting = OpenAiErrors.setting(error.code().orElse(""), error.parameter());
        refusedSettings.accept(setting);
        return "; check the setting " + setting;
    }

    private @Nullable JsonNode parse(byte[] bytes) {
        try {
            return json.readTree(bytes);
        } catch (JacksonException noJson) {
            return null;
        }
    }

    private static Optional<String> requestId(Headers headers) {
        return Optional.ofNullable(headers.get("X-Request-Id")).filter(ArkError::isPlainName);
    }
}
