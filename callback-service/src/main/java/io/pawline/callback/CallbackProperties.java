package io.pawline.callback;

import io.pawline.outbound.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the front end is told: {@code pawline.callback.*}.
 *
 * @param secrets what callbacks are signed with, as Standard Webhooks writes it ({@code whsec_} and base64); newest first,
 *     all of them sign, so that receivers can change over; at least one
 * @param tenantSecrets such secrets of the tenants that have their own, by the tenant's name
 * @param connectTimeout for the connection to a receiver
 * @param timeout for one whole callback
 * @param maxRetryAfter a receiver's {@code Retry-After} is believed up to this
 * @param retrySchedule how long after each try that failed the next one is made, about; after the last one the callback is
 *     given up. Outages of Pawline's own use none of it: they wait as the first and the longest delay of {@code stage} say
 * @param reconcileEvery how often endings are looked for that somebody wants to be sent again, or that nobody works on
 * @param reconcileAfter for how long nothing must have happened to an ending before nobody works on it: longer than the
 *     longest wait between two tries
 */
@ConfigurationProperties("pawline.callback")
public record CallbackProperties(
        List<String> secrets,
        @DefaultValue Map<String, List<String>> tenantSecrets,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("15s") Duration timeout,
        @DefaultValue("1h") Duration maxRetryAfter,

        @DefaultValue({"5s", "30s", "2m", "10m", "30m", "2h", "6h"})
        List<Duration> retrySchedule,

        @DefaultValue("5s") Duration reconcileEvery,
        @DefaultValue("14h") Duration reconcileAfter,
        @DefaultValue @NestedConfigurationProperty CallbackStageProperties stage) {

    public CallbackProperties {
        secrets = required(secrets);
        tenantSecrets = Map.copyOf(tenantSecrets);
        new WebhookSigners(secrets, tenantSecrets);
        new Timeouts(connectTimeout, timeout);
        positive("max-retry-after", maxRetryAfter);
        retrySchedule = List.copyOf(retrySchedule);
        stage.policies(retrySchedule);
        positive("reconcile-every", reconcileEvery);
        positive("reconcile-after", reconcileAfter);
    }

    private static void positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("pawline.callback.%s must be > 0, was %s".formatted(name, value));
        }
    }

    WebhookSigners signers() {
        return new WebhookSigners(secrets, tenantSecrets);
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
        return ("CallbackProperties[secrets=%d, tenantSecrets=%s, connectTimeout=%s, timeout=%s, maxRetryAfter=%s,"
                        + " retrySchedule=%s, reconcileEvery=%s, reconcileAfter=%s, stage=%s]")
                .formatted(
                        secrets.size(),
                        tenantSecrets.keySet(),
                        connectTimeout,
                        timeout,
                        maxRetryAfter,
                        retrySchedule,
                        reconcileEvery,
                        reconcileAfter,
                        stage);
    }
}
