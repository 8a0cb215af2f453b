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
 * The settings of callback-service: {@code pawline.callback.*}.
 *
 * @param secrets Secrets that sign callbacks, at least one, in the form of Standard Webhooks: {@code whsec_} and
 *     base64. All of them sign, so that receivers can change to a new one. The newest comes first.
 * @param tenantSecrets Secrets of tenants that have their own, by the name of the tenant.
 * @param connectTimeout Longest time for the connection to a receiver.
 * @param timeout Longest time for one whole callback.
 * @param maxRetryAfter Longest {@code Retry-After} of a receiver that is respected.
 * @param retrySchedule Delays before the second attempt, the third and so on. Each varies by half. The callback is
 *     given up if it fails after the last one. Outages of Pawline itself do not use up the schedule: their delays
 *     follow {@code stage.first-delay} and {@code stage.max-delay}.
 * @param reconcileEvery Pause between two searches for final states that somebody wants to be sent again, or that
 *     nobody works on.
 * @param reconcileAfter Time without any work on a final state after which nobody can be working on it. It has to be
 *     longer than the longest delay between two attempts.
 * @param reapEvery Pause between two searches for tasks that are open after their deadline and that no stage has any
 *     more.
 * @param reapAfter Time after its deadline from which such a task is ended. A task that a stage still has is never
 *     ended, however long its deadline is past.
 * @param stage The limits and retries of the stage.
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
        @DefaultValue("30s") Duration reapEvery,
        @DefaultValue("5m") Duration reapAfter,
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
        positive("reap-every", reapEvery);
        positive("reap-after", reapAfter);
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
                        + " retrySchedule=%s, reconcileEvery=%s, reconcileAfter=%s, reapEvery=%s,"
                        + " reapAfter=%s, stage=%s]")
                .formatted(
                        secrets.size(),
                        tenantSecrets.keySet(),
                        connectTimeout,
                        timeout,
                        maxRetryAfter,
                        retrySchedule,
                        reconcileEvery,
                        reconcileAfter,
                        reapEvery,
                        reapAfter,
                        stage);
    }
}
