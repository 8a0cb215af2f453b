package io.pawline.callback;

import io.pawline.outbound.Timeouts;
import io.pawline.stage.spring.StageProperties;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the front end is told: {@code pawline.callback.*}.
 *
 * @param secrets what callbacks are signed with, as Standard Webhooks writes it ({@code whsec_} and base64); newest first,
 *     all of them sign, so that receivers can change over; at least one
 * @param connectTimeout for the connection to a receiver
 * @param timeout for one whole callback
 * @param maxRetryAfter a receiver's {@code Retry-After} is believed up to this
 */
@ConfigurationProperties("pawline.callback")
public record CallbackProperties(
        List<String> secrets,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("15s") Duration timeout,
        @DefaultValue("1h") Duration maxRetryAfter,
        @DefaultValue @NestedConfigurationProperty StageProperties stage) {

    public CallbackProperties {
        secrets = required(secrets);
        new WebhookSigner(secrets);
        new Timeouts(connectTimeout, timeout);
        if (!maxRetryAfter.isPositive()) {
            throw new IllegalArgumentException("pawline.callback.max-retry-after must be > 0, was " + maxRetryAfter);
        }
    }

    // A missing setting binds null in spite of the declared type.
    private static List<String> required(@Nullable List<String> secrets) {
        if (secrets == null || secrets.isEmpty()) {
            throw new IllegalArgumentException(
                    "pawline.callback.secrets is not set: give at least one secret, whsec_ and 24 to 64 bytes in base64");
        }
        return List.copyOf(secrets);
    }

    @Override
    public String toString() {
        return "CallbackProperties[secrets=%d, connectTimeout=%s, timeout=%s, maxRetryAfter=%s, stage=%s]"
                .formatted(secrets.size(), connectTimeout, timeout, maxRetryAfter, stage);
    }
}
