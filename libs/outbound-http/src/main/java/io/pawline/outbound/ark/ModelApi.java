package io.pawline.outbound.ark;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.ProviderStatus;
import io.pawline.outbound.RetryAfter;
import io.pawline.outbound.Timeouts;
import io.pawline.schemas.Reason;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Posts JSON to an API whose errors look like Ark's, which look like OpenAI's, and says why a call failed. Each call is
 * made once. Thread-safe.
 */
public final class ModelApi {

    /** Says what came of one call. */
    public sealed interface Reply {}

    /**
     * The API says that it did what was asked.
     *
     * @param body missing if the answer is no JSON
     * @param requestId the API's name for the call, or Pawline's if it gave none
     */
    public record Ok(JsonNode body, String requestId, CallFacts facts) implements Reply {}

    /**
     * The API did not do what was asked.
     *
     * @param detail one sentence for a person, without key, address and image
     */
    public record Failed(Reason reason, String detail, CallFacts facts) implements Reply {}

    /** Knows the error codes of the API. */
    public interface ErrorCodes {

        /** Returns the reason for an error in an answer of this status, if it is known. */
        Optional<Reason> reason(ArkError error, int status);

        /** Names the setting that is wrong if the reason is {@link Reason#CONFIGURATION}. */
        String setting(ArkError error);

        /** Returns when calls are allowed again, for an answer without {@code Retry-After}; empty if it does not say so. */
        default Optional<Instant> notBefore(int status, Headers headers) {
            return Optional.empty();
        }
    }

    private final String name;
    private final OutboundHttp http;
    private final ArkProperties properties;
    private final HttpUrl baseUrl;
    private final DataLimit answerLimit;
    private final RetryAfter retryAfter;
    private final Consumer<String> refusedSettings;
    private final JsonMapper json;

    /**
     * Makes the client of one account.
     *
     * @param name of the API, as the first words of a sentence
     * @param properties address of the API and the key
     * @param answerLimit a longer answer counts as malformed
     * @param refusedSettings is given the name of the setting each time that the API refuses one
     */
    public ModelApi(
            String name,
            OutboundHttp http,
            ArkProperties properties,
            DataLimit answerLimit,
            Clock clock,
            Consumer<String> refusedSettings) {
        this.name = Objects.requireNonNull(name, "name");
        this.http = Objects.requireNonNull(http, "http");
        this.properties = Objects.requireNonNull(properties, "properties");
        this.baseUrl = HttpUrl.get(properties.baseUrl().toString());
        this.answerLimit = Objects.requireNonNull(answerLimit, "answerLimit");
        this.retryAfter = new RetryAfter(clock);
        this.refusedSettings = Objects.requireNonNull(refusedSettings, "refusedSettings");
        this.json = new JsonMapper(JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Math.toIntExact(answerLimit.bytes()))
                        .build())
                .build());
    }

    /**
     * Posts the body to this path below the base URL. The body is written to the connection piece by piece and is never
     * in memory as a whole.
     *
     * @param clientRequestId Pawline's name for the call, which the API keeps next to its own; visible ASCII
     * @param memory for the answer
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Reply post(
            String path, JsonNode body, String clientRequestId, Timeouts timeouts, BodyMemory memory, ErrorCodes codes)
            throws InterruptedException {
        Request request = new Request.Builder()
                .url(baseUrl.newBuilder().addPathSegments(path).build())
                .header("Authorization", "Bearer " + properties.apiKey())
                .header("User-Agent", "pawline")
                .header("X-Client-Request-Id", clientRequestId)
                .post(new StreamedJson(json, body))
                .build();
        return switch (http.exchange(request, timeouts, answerLimit, memory)) {
            case Died died -> new Failed(died.reason(), died.detail(), died.facts());
            case Answered answered -> read(answered, clientRequestId, codes);
        };
    }

    private Reply read(Answered answered, String clientRequestId, ErrorCodes codes) {
        Optional<String> named =
                Optional.ofNullable(answered.headers().get("X-Request-Id")).filter(ArkError::isPlainName);
        CallFacts facts = answered.facts().withRequestId(named);
        String requestId = named.orElse(clientRequestId);
        JsonNode body = parse(answered.body());
        JsonNode node = body.path("error");
        boolean isError = !node.isMissingNode() && !node.isNull();
        if (isError || answered.status() < 200 || answered.status() >= 300) {
            // Some gateways write a text in the place of the object
            return failed(answered, isError ? ArkError.of(node) : ArkError.NONE, requestId, facts, codes);
        }
        return new Ok(body, requestId, facts);
    }

    private Failed failed(Answered answered, ArkError error, String requestId, CallFacts facts, ErrorCodes codes) {
        Reason reason =
                codes.reason(error, answered.status()).orElseGet(() -> ProviderStatus.reason(answered.status()));
        // The message about a refused key may quote the key
        String said = reason == Reason.AUTHENTICATION ? "" : error.message(properties.apiKey());
        String detail = name + " answered " + answered.status()
                + error.code().map(code -> " " + code).orElse("")
                + (said.isEmpty() ? "" : ": " + said)
                + " (request " + requestId + ")"
                + advice(reason, error, codes);
        Optional<Instant> notBefore = retryAfter
                .notBefore(answered.headers())
                .or(() -> codes.notBefore(answered.status(), answered.headers()));
        return new Failed(reason, detail, facts.withProviderCode(error.code()).withNotBefore(notBefore));
    }

    private String advice(Reason reason, ArkError error, ErrorCodes codes) {
        if (reason != Reason.CONFIGURATION) {
            return "";
        }
        String setting = codes.setting(error);
        refusedSettings.accept(setting);
        return "; check the setting " + setting;
    }

    private JsonNode parse(byte[] bytes) {
        try {
            return json.readTree(bytes);
        } catch (JacksonException noJson) {
            return JsonNodeFactory.instance.missingNode();
        }
    }
}
