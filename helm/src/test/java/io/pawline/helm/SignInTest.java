package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignInTest {

    private static final Map<String, Object> BEHIND_A_PROXY = Map.of(
            "operators.signIn.existingSecret", "oauth2-proxy",
            "operators.signIn.secretKey", "pawline",
            "operators.signIn.userHeader", "X-Auth-Request-Email",
            "operators.signIn.groups[0]", "night-shift");

    @Test
    void theProxysSecretIsThatOfOpsServiceAlone() {
        assertThat(environment("ops"))
                .filteredOn(variable -> variable.getName().contains("SIGNIN"))
                .singleElement()
                .satisfies(variable -> {
                    assertThat(variable.getName()).isEqualTo("PAWLINE_OPS_SIGNIN_SECRET");
                    assertThat(variable.getValueFrom().getSecretKeyRef().getName())
                            .isEqualTo("oauth2-proxy");
                    assertThat(variable.getValueFrom().getSecretKeyRef().getKey())
                            .isEqualTo("pawline");
                });
        assertThat(environment("ingest"))
                .noneMatch(variable -> variable.getName().contains("SIGNIN"));
    }

    @Test
    void headersAndGroupsAreSettingsAndAbsentWithoutAProxy() {
        assertThat(object(ConfigMap.class, "ops", BEHIND_A_PROXY).getData().get("settings.yaml"))
                .contains("user-header: X-Auth-Request-Email", "groups-header: X-Forwarded-Groups", "- night-shift");
        assertThat(object(ConfigMap.class, "ops", Map.of()).getData().get("settings.yaml"))
                .doesNotContain("sign-in");
    }

    private static List<EnvVar> environment(String component) {
        return object(Deployment.class, component, BEHIND_A_PROXY)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv();
    }
}
