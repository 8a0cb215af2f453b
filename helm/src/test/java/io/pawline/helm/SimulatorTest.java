package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks the simulated providers, and the pod of {@code helm test} that sends a photo through them. */
class SimulatorTest {

    private static final Map<String, Object> ON =
            Map.of("simulator.enabled", true, "simulator.apiKeySecret", "check-key", "ingest.service.port", 8000);

    @Test
    void nothingOfItIsThereUnlessAskedFor() {
        assertThat(objects(Pod.class, Map.of())).isEmpty();
        assertThat(objects(Deployment.class, Map.of())).hasSize(Component.values().length);
    }

    @Test
    void theStagesCallItAndMayFetchItsPictures() throws IOException {
        assertThat(settings("generate").at("/pawline/ark/base-url").asText())
                .isEqualTo("http://spring-pawline-simulator/api/v3");
        assertThat(settings("matting").at("/pawline/matting/base-url").asText())
                .isEqualTo("http://spring-pawline-simulator");
        assertThat(settings("finalize").at("/pawline/outbound/allow/0").asText())
                .isEqualTo("spring-pawline-simulator");
        Service service = object(Service.class, "simulator", ON);
        assertThat(service.getMetadata().getName()).isEqualTo("spring-pawline-simulator");
        assertThat(service.getSpec().getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getPort()).isEqualTo(80);
            assertThat(port.getName()).as("no metrics are looked for").isNotEqualTo("http");
        });
    }

    @Test
    void theTestSubmitsToThisReleaseWithAKeyOutOfASecret() {
        Pod pod = object(Pod.class, "smoke", ON);
        Container smoke = pod.getSpec().getContainers().getFirst();

        assertThat(pod.getMetadata().getAnnotations()).containsEntry(TestingChart.HOOK, "test");
        assertThat(smoke.getArgs())
                .containsExactly(
                        "smoke",
                        "--ingest=http://spring-pawline-ingest:8000",
                        "--simulator=http://spring-pawline-simulator");
        assertThat(smoke.getEnv())
                .filteredOn(variable -> variable.getName().equals("PAWLINE_API_KEY"))
                .singleElement()
                .satisfies(variable -> assertThat(
                                variable.getValueFrom().getSecretKeyRef().getName())
                        .isEqualTo("check-key"));
    }

    @Test
    void bothRunAsRestrictedlyAsTheServices() {
        PodSpec simulator = object(Deployment.class, "simulator", ON)
                .getSpec()
                .getTemplate()
                .getSpec();

        for (PodSpec pod : List.of(simulator, object(Pod.class, "smoke", ON).getSpec())) {
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getContainers().getFirst().getSecurityContext()).satisfies(security -> {
                assertThat(security.getReadOnlyRootFilesystem()).isTrue();
                assertThat(security.getAllowPrivilegeEscalation()).isFalse();
                assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
            });
        }
    }

    @Test
    void onlyTheReleasesOwnPodsReachIt() {
        NetworkPolicy policy = object(NetworkPolicy.class, "simulator", ON);

        assertThat(policy.getSpec().getIngress())
                .singleElement()
                .satisfies(rule -> assertThat(rule.getFrom())
                        .extracting(SimulatorTest::componentOf)
                        .containsExactly("ingest", "detect", "generate", "matting", "finalize", "callback", "smoke"));
        for (String component : List.of("ingest", "callback")) {
            assertThat(object(NetworkPolicy.class, component, ON).getSpec().getEgress())
                    .anySatisfy(rule -> {
                        assertThat(rule.getTo())
                                .extracting(SimulatorTest::componentOf)
                                .containsExactly("simulator");
                        assertThat(rule.getPorts().getFirst().getPort().getIntVal())
                                .isEqualTo(8089);
                    });
        }
        assertThat(object(NetworkPolicy.class, "ingest", ON).getSpec().getIngress())
                .anySatisfy(rule -> assertThat(rule.getFrom())
                        .extracting(SimulatorTest::componentOf)
                        .containsExactly("smoke"));
    }

    private static String componentOf(NetworkPolicyPeer peer) {
        return peer.getPodSelector() == null
                ? ""
                : peer.getPodSelector().getMatchLabels().getOrDefault("app.kubernetes.io/component", "");
    }

    private static JsonNode settings(String component) throws IOException {
        return TestingChart.YAML.readTree(
                object(ConfigMap.class, component, ON).getData().get("settings.yaml"));
    }
}
