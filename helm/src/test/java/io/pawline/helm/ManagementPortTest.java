package io.pawline.helm;

import static io.pawline.helm.TestingChart.custom;
import static io.pawline.helm.TestingChart.object;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks health and metrics on a port of their own, which whoever reaches the API does not reach. */
class ManagementPortTest {

    private static final Map<String, Object> APART = Map.of(
            "managementPort",
            9090,
            "mattingModel.enabled",
            true,
            "monitoring.serviceMonitor.enabled",
            true,
            "networkPolicy.operators[0].podSelector.matchLabels.app",
            "console-proxy");

    @Test
    void everyServiceListensThereAndItsProbesAskThere() throws JsonProcessingException {
        List<Deployment> deployments = objects(Deployment.class, APART);

        assertThat(deployments).hasSize(Component.values().length + 1);
        for (Deployment deployment : deployments) {
            String component = TestingChart.component(deployment);
            Container container =
                    deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
            assertThat(container.getPorts()).extracting(ContainerPort::getName).containsExactly("http", "management");
            assertThat(container.getPorts().getLast().getContainerPort()).isEqualTo(9090);
            assertThat(Stream.of(
                                    container.getStartupProbe(),
                                    container.getLivenessProbe(),
                                    container.getReadinessProbe())
                            .map(Probe::getHttpGet)
                            .map(probe -> probe.getPort().getStrVal()))
                    .containsOnly("management");
            assertThat(TestingChart.YAML
                            .readTree(object(ConfigMap.class, component, APART)
                                    .getData()
                                    .get("settings.yaml"))
                            .at("/management/server/port")
                            .asInt())
                    .isEqualTo(9090);
        }
    }

    @Test
    void prometheusScrapesThatPortOfEachService() {
        assertThat(custom("ServiceMonitor", APART).getFirst().<String>get("spec", "endpoints", 0, "port"))
                .isEqualTo("management");
        assertThat(objects(Service.class, APART))
                .allSatisfy(service -> assertThat(service.getSpec().getPorts())
                        .extracting(ServicePort::getName)
                        .containsExactly("http", "management"));
    }

    @Test
    void onlyPrometheusReachesIt() {
        for (String component : List.of("ingest", "ops")) {
            List<NetworkPolicyIngressRule> rules =
                    object(NetworkPolicy.class, component, APART).getSpec().getIngress();
            assertThat(rules).hasSize(2);
            assertThat(portOf(rules.getFirst())).isEqualTo("http");
            assertThat(portOf(rules.getLast())).isEqualTo("management");
            assertThat(rules.getLast().getFrom())
                    .extracting(
                            peer -> peer.getNamespaceSelector().getMatchLabels().get("kubernetes.io/metadata.name"))
                    .containsExactly("monitoring");
        }
    }

    @Test
    void thePortOfAnApiIsRefused() {
        assertThatThrownBy(() -> TestingChart.render(Map.of("managementPort", 8085)))
                .hasMessageContaining("managementPort");
    }

    private static String portOf(NetworkPolicyIngressRule rule) {
        return rule.getPorts().getFirst().getPort().getStrVal();
    }
}
