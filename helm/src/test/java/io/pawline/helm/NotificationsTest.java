package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NotificationsTest {

    private static final Map<String, Object> RECEIVERS = Map.of(
            "notifications.console", "https://ops.example.com",
            "notifications.receivers.night.existingSecret", "pager",
            "notifications.receivers.night.secretKey", "signing",
            "notifications.receivers.night.severity", "critical",
            "notifications.receivers.team.existingSecret", "chat",
            "notifications.receivers.team.urlKey", "webhook",
            "notifications.receivers.team.format", "feishu",
            "notifications.receivers.team.language", "zh");

    @Test
    void addressesAndSecretsComeFromExistingSecretsOnly() {
        assertThat(environment("ops", RECEIVERS))
                .filteredOn(variable -> variable.getName().contains("_NOTIFICATIONS_"))
                .extracting(variable -> "%s=%s/%s"
                        .formatted(
                                variable.getName().replace("PAWLINE_OPS_NOTIFICATIONS_RECEIVERS_", ""),
                                variable.getValueFrom().getSecretKeyRef().getName(),
                                variable.getValueFrom().getSecretKeyRef().getKey()))
                .containsExactly("NIGHT_URL=pager/url", "NIGHT_SECRET=pager/signing", "TEAM_URL=chat/webhook");
        assertThat(environment("ingest", RECEIVERS))
                .noneMatch(variable -> variable.getName().contains("_NOTIFICATIONS_"));
    }

    @Test
    void theRestIsInTheSettingsOfOpsService() {
        assertThat(object(ConfigMap.class, "ops", RECEIVERS).getData().get("settings.yaml"))
                .contains("console: https://ops.example.com", "format: feishu", "language: zh", "severity: critical");
        assertThat(object(ConfigMap.class, "ops", Map.of()).getData().get("settings.yaml"))
                .doesNotContain("notifications");
    }

    @Test
    void opsServiceReachesTheOutsideOnlyIfSomebodyIsNotified() {
        assertThat(portsOut(Map.of())).doesNotContain("443");
        assertThat(portsOut(RECEIVERS)).contains("443");
    }

    private static List<String> portsOut(Map<String, Object> values) {
        return object(NetworkPolicy.class, "ops", values).getSpec().getEgress().stream()
                .flatMap(rule -> rule.getPorts().stream())
                .map(port -> String.valueOf(port.getPort().getValue()))
                .toList();
    }

    private static List<EnvVar> environment(String component, Map<String, Object> values) {
        return object(Deployment.class, component, values)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv();
    }
}
