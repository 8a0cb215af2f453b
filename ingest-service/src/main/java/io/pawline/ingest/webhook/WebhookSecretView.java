package io.pawline.ingest.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Shows a tenant what signs its callbacks, as JSON; what does not apply is left out. The texts of these records, for
 * logs, show no secret.
 *
 * @param current the secret that signs for good
 * @param previous the secret before it, while it signs beside it
 * @param sharedSigns whether the secrets that all tenants share sign, too
 * @param configuredSigns whether secrets that the operator has configured for this tenant sign, too
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record WebhookSecretView(
        String tenant, Version current, @Nullable Previous previous, boolean sharedSigns, boolean configuredSigns) {

    /** @param secret in the form of Standard Webhooks: {@code whsec_} and base64 */
    record Version(int version, String secret) {
        @Override
        public String toString() {
            return "Version[" + version + "]";
        }
    }

    /** @param signsUntil moment from which this secret does not sign any more */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Previous(int version, String secret, Instant signsUntil) {
        @Override
        public String toString() {
            return "Previous[%d, signsUntil=%s]".formatted(version, signsUntil);
        }
    }
}
