package io.pawline.helm;

import static io.pawline.helm.TestingChart.RELEASE;
import static io.pawline.helm.TestingChart.object;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChartTest {

    @Test
    void passesHelmsOwnLint() {
        LintResult lint = new Helm(TestingChart.CHART).lint().strict().call();

        assertThat(lint.isFailed()).as(String.join("\n", lint.getMessages())).isFalse();
    }

    @Test
    void rendersOneObjectOfEachKindPerService() {
        String[] components =
                Arrays.stream(Component.values()).map(Component::code).toArray(String[]::new);

        for (Class<? extends HasMetadata> kind : List.of(
                Deployment.class, Service.class, ConfigMap.class, ServiceAccount.class, PodDisruptionBudget.class)) {
            assertThat(objects(kind, Map.of()))
                    .extracting(TestingChart::component)
                    .containsExactlyInAnyOrder(components);
        }
    }

    @Test
    void aFieldThatKubernetesDoesNotKnowIsRefusedByTheseTests() {
        assertThatThrownBy(() -> TestingChart.parse("""
                apiVersion: apps/v1
                kind: Deployment
                spec:
                  replica: 1
                """))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("replica");
    }

    @Test
    void namesAreScopedByTheReleaseSoThatTwoLiveInOneNamespace() {
        assertThat(namesOf("a")).allMatch(name -> name.contains("/a-pawline-"));
        assertThat(namesOf("a")).doesNotContainAnyElementsOf(namesOf("b"));
    }

    @Test
    void theLongestReleaseNameStillGivesValidNames() {
        String longest = "r".repeat(52);

        assertThat(namesOf(longest + "1"))
                .allSatisfy(name ->
                        assertThat(name.substring(name.indexOf('/') + 1)).hasSizeLessThanOrEqualTo(63))
                .doesNotContainAnyElementsOf(namesOf(longest + "2"));
    }

    @ParameterizedTest
    @EnumSource
    void matchLabelsAreFrozen(Component component) {
        Deployment deployment = object(Deployment.class, component.code(), Map.of("image.tag", "9.9.9"));

        assertThat(deployment.getSpec().getSelector().getMatchLabels())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "app.kubernetes.io/name",
                        "pawline",
                        "app.kubernetes.io/instance",
                        RELEASE,
                        "app.kubernetes.io/component",
                        component.code()));
    }

    @ParameterizedTest
    @EnumSource
    void serviceAndDeploymentSelectTheSamePods(Component component) {
        Deployment deployment = object(Deployment.class, component.code());
        Service service = object(Service.class, component.code());
        PodTemplateSpec pod = deployment.getSpec().getTemplate();

        assertThat(service.getSpec().getSelector())
                .isEqualTo(deployment.getSpec().getSelector().getMatchLabels());
        assertThat(pod.getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
        assertThat(pod.getSpec().getServiceAccountName())
                .isEqualTo(object(ServiceAccount.class, component.code())
                        .getMetadata()
                        .getName());
    }

    @ParameterizedTest
    @EnumSource
    void probesAndServiceReachThePortOfTheContainer(Component component) {
        Container container = containerOf(object(Deployment.class, component.code()));

        assertThat(container.getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getName()).isEqualTo("http");
            assertThat(port.getContainerPort()).isEqualTo(component.port());
        });
        assertThat(object(Service.class, component.code()).getSpec().getPorts())
                .singleElement()
                .satisfies(port -> assertThat(port.getTargetPort().getStrVal()).isEqualTo("http"));
        assertProbe(container.getStartupProbe(), "/actuator/health/liveness");
        assertProbe(container.getLivenessProbe(), "/actuator/health/liveness");
        assertProbe(container.getReadinessProbe(), "/actuator/health/readiness");
    }

    @ParameterizedTest
    @EnumSource
    void imagesHaveTheServicesNameAndTheChartsVersion(Component component) {
        assertThat(containerOf(object(Deployment.class, component.code())).getImage())
                .isEqualTo("registry.example.com/pawline/%s-service:0.1.0", component.code());
        assertThat(containerOf(object(Deployment.class, component.code(), Map.of("image.tag", "1.2.3")))
                        .getImage())
                .endsWith("-service:1.2.3");
    }

    @Test
    void anImageCanBeNamedByItsDigest() {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);
        Map<String, Object> values = Map.of("image.digests.ingest-service", digest, "image.tag", "1.2.3");

        assertThat(containerOf(object(Deployment.class, "ingest", values)).getImage())
                .isEqualTo("registry.example.com/pawline/ingest-service@" + digest);
        assertThat(objects(Job.class, values)
                        .getFirst()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers())
                .as("the setup has the same image")
                .extracting(Container::getImage)
                .containsExactly("registry.example.com/pawline/ingest-service@" + digest);
        assertThat(containerOf(object(Deployment.class, "detect", values)).getImage())
                .endsWith("/detect-service:1.2.3");
    }

    @ParameterizedTest
    @EnumSource
    void aServiceAccountThatIsThereIsUsed(Component component) {
        Map<String, Object> values = Map.of(component.code() + ".existingServiceAccount", "cloud-identity");

        assertThat(object(Deployment.class, component.code(), values)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getServiceAccountName())
                .isEqualTo("cloud-identity");
        assertThat(objects(ServiceAccount.class, values))
                .extracting(TestingChart::component)
                .hasSize(Component.values().length - 1)
                .doesNotContain(component.code());
    }

    @ParameterizedTest
    @EnumSource
    void theBuildMakesAnImageOfEach(Component component) {
        assertThat(Path.of("../%s-service/pom.xml".formatted(component.code())))
                .content()
                .contains("<jib.skip>false</jib.skip>");
    }

    @Test
    void aComponentsOwnValuesWinOverTheDefaultsEvenWhereTheyAreZero() {
        Map<String, Object> values = Map.of(
                "defaults.scaling.replicas", 3,
                "generate.scaling.replicas", 0,
                "matting.resources.limits.memory", "2Gi");

        assertThat(replicas("detect", values)).isEqualTo(3);
        assertThat(replicas("generate", values)).isZero();
        ResourceRequirements resources =
                containerOf(object(Deployment.class, "matting", values)).getResources();
        assertThat(resources.getLimits()).containsExactly(Map.entry("memory", new Quantity("2Gi")));
        assertThat(resources.getRequests()).containsOnlyKeys("cpu", "memory");
    }

    @Test
    void aChangedSettingStartsNewPods() {
        assertThat(checksum("detect", Map.of()))
                .isEqualTo(checksum("detect", Map.of("generate.drainSeconds", 99)))
                .isNotEqualTo(checksum("detect", Map.of("detect.drainSeconds", 99)));
    }

    @Test
    void theNotesNameTheObjectsOfThisRelease() {
        assertThat(TestingChart.notes("autumn"))
                .contains("installed as autumn in pets")
                .contains("rollout status deployment --selector app.kubernetes.io/instance=autumn")
                .contains("port-forward service/autumn-pawline-ingest 8080:http");
    }

    private static String checksum(String component, Map<String, Object> values) {
        Map<String, String> annotations = object(Deployment.class, component, values)
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations();
        return Objects.requireNonNull(annotations.get("pawline.io/settings-checksum"));
    }

    private static int replicas(String component, Map<String, Object> values) {
        return object(Deployment.class, component, values).getSpec().getReplicas();
    }

    private static Container containerOf(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    }

    private static Set<String> namesOf(String release) {
        return TestingChart.parse(TestingChart.render(release, Map.of())).stream()
                .map(object -> object.getKind() + "/" + object.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    private static void assertProbe(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
    }
}
