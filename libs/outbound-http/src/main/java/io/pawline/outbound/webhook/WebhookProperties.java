package io.pawline.outbound.webhook;

import io.pawline.outbound.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of signed calls to receivers: {@code pawline.callback.*}. callback-service needs a master secret or a
 * shared secret.
 *
 * @param masterSecrets Secrets from which the secrets of all tenants are derived, each at least 32 random bytes in
 *     base64. All of them sign, so that the master secret can be changed. The newest comes first.
 * @param secrets Secrets that all tenants share, in the form of Standard Webhooks: {@code whsec_} and base64. They sign
 *     beside the secret of a tenant until they are switched off for it. All of them sign. The newest comes first.
 * @param tenantSecrets Secrets of single tenants, by the name of the tenant. They replace the shared secrets.
 * @param connectTimeout Longest time for the connection to a receiver.
 * @param timeout Longest time for one whole callback.
 * @param maxRetryAfter Longest {@code Retry-After} of a receiver that is respected.
 */
@ConfigurationProperties("pawline.callback")
public record WebhookProperties(
        @DefaultValue List<String> masterSecrets,
        @DefaultValue List<String> secrets,
        @DefaultValue Map<String, List<String>> tenantSecrets,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("15s") Duration timeout,
        @DefaultValue("1h") Duration maxRetryAfter) {

    public WebhookProperties {
        masterSecrets = List.copyOf(masterSecrets);
        secrets = List.copyOf(secrets);
        tenantSecrets = Map.copyOf(tenantSecrets);
        new WebhookSecrets(masterSecrets, secrets, tenantSecrets);
        new Timeouts(connectTimeout, timeout);
        if (!maxRetryAfter.isPositive()) {
            throw new IllegalArgumentException("pawline.callback.max-retry-after must be > 0, was " + maxRetryAfter);
        }
    }

    /** The secrets of these settings. */
    public WebhookSecrets signingSecrets() {
        return new WebhookSecrets(masterSecrets, secrets, tenantSecrets);
    }

    /** The settings without the secrets. */
    @Override
    public String toString() {
        return "WebhookProperties[%s, connectTimeout=%s, timeout=%s, maxRetryAfter=%s]"
                .formatted(signingSecrets(), connectTimeout, timeout, maxRetryAfter);
    }
}
