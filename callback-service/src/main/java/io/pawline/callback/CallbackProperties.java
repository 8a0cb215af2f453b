package io.pawline.callback;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of callback-service: {@code pawline.callback.*}. {@link
 * io.pawline.outbound.webhook.WebhookProperties} has those of the signed calls.
 *
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
        @DefaultValue({"5s", "30s", "2m", "10m", "30m", "2h", "6h"})
        List<Duration> retrySchedule,

        @DefaultValue("5s") Duration reconcileEvery,
        @DefaultValue("14h") Duration reconcileAfter,
        @DefaultValue("30s") Duration reapEvery,
        @DefaultValue("5m") Duration reapAfter,
        @DefaultValue @NestedConfigurationProperty CallbackStageProperties stage) {

    public CallbackProperties {
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
}
