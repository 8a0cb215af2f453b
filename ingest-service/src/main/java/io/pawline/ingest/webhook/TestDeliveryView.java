package io.pawline.ingest.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.outbound.webhook.ReceiverReply;
import io.pawline.outbound.webhook.WebhookClient;
import io.pawline.schemas.Reason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Shows what a receiver made of a test delivery, as JSON; what does not apply is left out.
 *
 * @param status what the receiver answered, if it did
 * @param durationMs time from the first look-up to the headers of the answer
 * @param signatures number of signatures, one for each secret that signs
 * @param signatureHeaders names of the headers by which a receiver verifies
 * @param reason code of the reason why a callback would count as failed
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record TestDeliveryView(
        String webhookId,
        boolean delivered,
        @Nullable Integer status,
        long durationMs,
        int signatures,
        List<String> signatureHeaders,
        @Nullable String reason,
        @Nullable String message) {

    static TestDeliveryView of(String webhookId, WebhookClient.Posted posted, Duration duration, int signatures) {
        ReceiverReply reply = posted.reply();
        return new TestDeliveryView(
                webhookId,
                reply.failure().isEmpty(),
                posted.report().status().orElse(null),
                duration.toMillis(),
                signatures,
                WebhookClient.SIGNATURE_HEADERS,
                reply.failure().map(Reason::code).orElse(null),
                reply instanceof ReceiverReply.Refused refused ? refused.detail() : null);
    }
}
