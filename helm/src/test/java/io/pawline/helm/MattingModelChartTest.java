package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks the matting model of one's own, which stands in for the provider. */
class MattingModelChartTest {

    private static final Map<String, Object> ON = Map.of(
            "mattingModel.enabled",
            true,
            "mattingModel.replicas",
            3,
            "mattingModel.settings.pawline.matting-model.workers",
            2,
            "matting.settings.pawline.matting.stage.call-cost",
            "0.05",
            "imageStore.endpoint",
            "http://minio.storage:9000");

    @Test
    void nothingOfItIsThereUnlessAskedFor() throws IOException {
        assertThat(objects(Deployment.class, Map.of()))
                .noneMatch(deployment -> TestingChart.component(deployment).equals("model"));
        assertThat(settings("matting", Map.of()).at("/pawline/matting/base-url").isMissingNode())
                .isTrue();
    }

    @Test
    void mattingCallsItAndPaysNothing() throws IOException {
        JsonNode matting = settings("matting", ON);
        assertThat(matting.at("/pawline/matting/base-url").asText()).isEqualTo("http://spring-pawline-model");
        assertThat(matting.at("/pawline/matting/stage/call-cost").asText()).isEqualTo("0");
        assertThat(settings("generate", ON).at("/pawline/matting").isMissingNode())
                .isTrue();
        Service service = object(Service.class, "model", ON);
        assertThat(service.getMetadata().getName()).isEqualTo("spring-pawline-model");
        assertThat(service.getSpec().getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getPort()).isEqualTo(80);
            assertThat(port.getName()).as("its metrics are scraped").isEqualTo("http");
        });
    }

    @Test
    void asAStandbyItComesAfterTheProviderAndKeepsItsPrice() throws IOException {
        Map<String, Object> standby = new HashMap<>(ON);
        standby.put("mattingModel.standby", true);
        standby.put("visual.baseUrl", "https://visual.example.com");

        JsonNode matting = settings("matting", standby);

        assertThat(matting.at("/pawline/matting/base-url").asText()).isEqualTo("https://visual.example.com");
        assertThat(matting.at("/pawline/matting/stage/call-cost").asText()).isEqualTo("0.05");
        assertThat(matting.at("/pawline/matting/fallbacks/own-model/format").asText())
                .isEqualTo("volcengine-visual");
        assertThat(matting.at("/pawline/matting/fallbacks/own-model/base-url").asText())
                .isEqualTo("http://spring-pawline-model");
        assertThat(settings("matting", ON).at("/pawline/matting/fallbacks").isMissingNode())
                .isTrue();
    }

    @Test
    void itsPodsRunItsImageWithItsSettings() throws IOException {
        Deployment deployment = object(Deployment.class, "model", ON);
        PodSpec pod = deployment.getSpec().getTemplate().getSpec();
        Container model = pod.getContainers().getFirst();

        assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
        assertThat(model.getImage()).contains("/matting-model-service:");
        assertThat(model.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(model.getResources().getLimits()).containsKey("memory");
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        JsonNode settings = settings("model", ON);
        assertThat(settings.at("/pawline/matting-model/workers").asInt()).isEqualTo(2);
        assertThat(settings.at("/pawline/outbound/allow/0").asText()).isEqualTo("minio.storage");
        assertThat(object(PodDisruptionBudget.class, "model", ON)
                        .getSpec()
                        .getMaxUnavailable()
                        .getIntVal())
                .isOne();
    }

    @Test
    void onlyMattingAndPrometheusReachIt() {
        NetworkPolicy policy = object(NetworkPolicy.class, "model", ON);

        assertThat(policy.getSpec().getIngress())
                .first()
                .satisfies(rule -> assertThat(rule.getFrom())
                        .extracting(MattingModelChartTest::componentOf)
                        .containsExactly("matting"));
        assertThat(policy.getSpec().getIngress())
                .hasSizeLessThanOrEqualTo(2)
                .flatExtracting(rule -> rule.getFrom())
                .extracting(MattingModelChartTest::componentOf)
                .doesNotContain("ingest", "ops");
        assertThat(object(NetworkPolicy.class, "matting", ON).getSpec().getEgress())
                .anySatisfy(rule -> {
                    assertThat(rule.getTo())
                            .extracting(MattingModelChartTest::componentOf)
                            .containsExactly("model");
                    assertThat(rule.getPorts().getFirst().getPort().getIntVal()).isEqualTo(8088);
                });
    }

    @Test
    void itAndAnAddressOfTheProviderExcludeEachOther() {
        assertThatThrownBy(() -> TestingChart.render(
                        Map.of("mattingModel.enabled", true, "visual.baseUrl", "https://visual.example.com")))
                .hasMessageContaining("mattingModel.enabled")
                .hasMessageContaining("visual.baseUrl");
    }

    @Test
    void withTheSimulatorItFetchesTheSimulatorsPictures() throws IOException {
        Map<String, Object> both = Map.of("mattingModel.enabled", true, "simulator.enabled", true);
        assertThat(settings("matting", both).at("/pawline/matting/base-url").asText())
                .isEqualTo("http://spring-pawline-model");
        assertThat(settings("model", both).at("/pawline/outbound/allow").toString())
                .contains("spring-pawline-simulator");
        assertThat(object(NetworkPolicy.class, "simulator", both).getSpec().getIngress())
                .singleElement()
                .satisfies(rule -> assertThat(rule.getFrom())
                        .extracting(MattingModelChartTest::componentOf)
                        .contains("model"));
    }

    private static String componentOf(NetworkPolicyPeer peer) {
        return peer.getPodSelector() == null
                ? ""
                : peer.getPodSelector().getMatchLabels().getOrDefault("app.kubernetes.io/component", "");
    }

    private static JsonNode settings(String component, Map<String, Object> values) throws IOException {
        return TestingChart.YAML.readTree(
                object(ConfigMap.class, component, values).getData().get("settings.yaml"));
    }
}
