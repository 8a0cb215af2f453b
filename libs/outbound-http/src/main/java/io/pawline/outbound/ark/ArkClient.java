package io.pawline.outbound.ark;

import io.pawline.outbound.CallFacts;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Exchange;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.ProviderStatus;
import io.pawline.outbound.RetryAfter;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkAnswer.Failed;
import io.pawline.outbound.ark.ArkAnswer.Ok;
import io.pawline.schemas.Reason;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls Volcengine Ark with JSON, and classifies the answers. Each call is made once. Thread-safe.
 */
public final class ArkClient {

    /** The limit of an answer. Answers hold texts and addresses, which are a few kilobytes. So no memory is counted. */
    private static final DataLimit ANSWER_LIMIT = DataLimit.ofKilobytes(256);

    private final OutboundHttp http;
    private final ArkProperties properties;
    private final HttpUrl baseUrl;
    private final RetryAfter retryAfter;
    private final Consumer<String> refusedSettings;
    private final JsonMapper json = new JsonMapper();

    /** @param refusedSettings is given the name of the setting each time that Ark refuses one */
    public ArkClient(OutboundHttp http, ArkProperties properties, Clock clock, Consumer<String> refusedSettings) {
        this.refusedSettings = Objects.requireNonNull(refusedSettings, "refusedSettings");
        this.http = Objects.requireNonNull(http, "http");
        this.properties = Objects.requireNonNull(properties, "properties");
        this.baseUrl = HttpUrl.get(properties.baseUrl().toString());
        this.retryAfter = new RetryAfter(clock);
    }

    /**
     * Posts the body to this path below the base URL. The body is written to the connection piece by piece and is never
     * in memory as a whole.
     *
     * @param clientRequestId Pawline's name for the call, which Ark keeps next to its own; visible ASCII
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public ArkAnswer post(ArkOperation operation, JsonNode body, String clientRequestId, Timeouts timeouts)
            throws InterruptedException {
        Request request = new Request.Builder()
                .url(baseUrl.newBuilder().addPathSegments(operation.path()).build())
                .header("Authorization", "Bearer " + properties.apiKey())
                .header("User-Agent", "pawline")
                .header("X-Client-Request-Id", clientRequestId)
                .post(new StreamedJson(json, body))
                .build();
        Exchange exchange = http.exchange(request, timeouts, ANSWER_LIMIT);
        return switch (exchange) {
            case Died died -> new Failed(died.reason(), died.detail(), died.facts());
            case Answered answered -> read(operation, answered, clientRequestId);
        };
    }

    private ArkAnswer read(ArkOperation operation, Answered answered, String clientRequestId) {
        CallFacts facts = answered.facts().withRequestId(requestId(answered.headers()));
        String requestId = facts.requestId().orElse(clientRequestId);
        JsonNode body = parse(answered.body());
        JsonNode error = body == null ? null : body.get("error");
        boolean succeeded = answered.status() >= 200 && answered.status() < 300;
        if (error != null && !error.isNull()) {
            return failed(operation, answered, ArkError.of(error), requestId, facts);
        }
        if (!succeeded) {
            return failed(operation, answered, ArkError.NONE, requestId, facts);
        }
        if (body == null || !body.isObject()) {
            String detail = "Ark's answer is not a JSON object (request " + requestId + ")";
            return new Failed(Reason.MALFORMED_ANSWER, detail, facts);
        }
        return new Ok(operation, body, requestId, facts);
    }

    private Failed failed(
            ArkOperation operation, Answered answered, ArkError error, String requestId, CallFacts facts) {
        Reason reason = error.reason(operation).orElseGet(() -> ProviderStatus.reason(answered.status()));
        // The message about a refused key may quote the key
        String said = reason == Reason.AUTHENTICATION ? "" : error.message(properties.apiKey());
        String detail = "Ark answered " + answered.status()
                + error.code().map(code -> " " + code).orElse("")
                + (said.isEmpty() ? "" : ": " + said)
                + " (request " + requestId + ")"
                + advice(reason, error, operation);
        return new Failed(
                reason,
                detail,
                facts.withProviderCode(error.code()).withNotBefore(retryAfter.notBefore(answered.headers())));
    }

    private String advice(Reason reason, ArkError error, ArkOperation operation) {
        if (reason != Reason.CONFIGURATION) {
            return "";
        }
        String setting = error.setting(operation);
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
