package io.pawline.outbound.ark;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkAnswer.Failed;
import io.pawline.outbound.ark.ArkAnswer.Ok;
import io.pawline.schemas.Reason;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Calls Volcengine Ark with JSON, and classifies the answers. Each call is made once. Thread-safe.
 */
public final class ArkClient {

    /** The limit of an answer. Answers hold texts and addresses, which are a few kilobytes. So no memory is counted. */
    private static final DataLimit ANSWER_LIMIT = DataLimit.ofKilobytes(256);

    private final ModelApi api;

    /** @param refusedSettings is given the name of the setting each time that Ark refuses one */
    public ArkClient(OutboundHttp http, ArkProperties properties, Clock clock, Consumer<String> refusedSettings) {
        this.api = new ModelApi("Ark", http, properties, ANSWER_LIMIT, clock, refusedSettings);
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
        ModelApi.Reply reply =
                api.post(operation.path(), body, clientRequestId, timeouts, BodyMemory.UNCOUNTED, new Codes(operation));
        return switch (reply) {
            case ModelApi.Failed failed -> new Failed(failed.reason(), failed.detail(), failed.facts());
            case ModelApi.Ok ok
            when !ok.body().isObject() ->
                new Failed(
                        Reason.MALFORMED_ANSWER,
                        "Ark's answer is not a JSON object (request " + ok.requestId() + ")",
                        ok.facts());
            case ModelApi.Ok ok -> new Ok(operation, ok.body(), ok.requestId(), ok.facts());
        };
    }

    private record Codes(ArkOperation operation) implements ModelApi.ErrorCodes {
        @Override
        public Optional<Reason> reason(ArkError error, int status) {
            return error.reason(operation);
        }

        @Override
        public String setting(ArkError error) {
            return error.setting(operation);
        }
    }
}
