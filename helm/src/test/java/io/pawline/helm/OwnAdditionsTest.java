package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator adds to the pods of all components, or of one, is in them, beside the chart's own. */
class OwnAdditionsTest {

    @ParameterizedTest
    @EnumSource
    void variablesAndVolumesOfHisOwnAreInThePod(Component component) {
        PodSpec pod = podWith(
                        component,
                        Map.of(
                                "defaults.extraEnv[0].name", "HTTPS_PROXY",
                                "defaults.extraEnv[0].value", "http://proxy.example",
                                "defaults.extraVolumes[0].name", "certificates",
                                "defaults.extraVolumes[0].configMap.name", "company-ca",
                                "defaults.extraVolumeMounts[0].name", "certificates",
                                "defaults.extraVolumeMounts[0].mountPath", "/etc/company-ca"))
                .getSpec();

        assertThat(pod.getContainers().getFirst().getEnv())
                .extracting(EnvVar::getName, EnvVar::getValue)
                .contains(tuple("HTTPS_PROXY", "http://proxy.example"))
                .extracting(variable -> variable.toList().getFirst())
                .contains("JAVA_TOOL_OPTIONS");
        assertThat(pod.getVolumes())
                .hasSizeGreaterThan(1)
                .filteredOn(volume -> volume.getName().equals("certificates"))
                .singleElement()
                .satisfies(volume -> assertThat(volume.getConfigMap().getName()).isEqualTo("company-ca"));
        assertThat(pod.getContainers().getFirst().getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .contains("/etc/company-ca", "/tmp");
    }

    @ParameterizedTest
    @EnumSource
    void annotationsAndLabelsOfHisOwnAreBesideTheCharts(Component component) {
        Map<String, Object> values = Map.of(
                "defaults.podAnnotations.team", "pets",
                "defaults.podLabels.cost-centre", "c4711",
                "defaults.deploymentAnnotations.keel", "force",
                "defaults.serviceAccountAnnotations.role", "images",
                "defaults.service.annotations.zone", "inner");
        PodTemplateSpec template = podWith(component, values);

        assertThat(template.getMetadata().getAnnotations())
                .containsEntry("team", "pets")
                .hasSizeGreaterThan(1);
        assertThat(template.getMetadata().getLabels())
                .containsEntry("cost-centre", "c4711")
                .containsEntry("app.kubernetes.io/component", component.code());
        assertThat(object(Deployment.class, component.code(), values)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .as("frozen")
                .doesNotContainKey("cost-centre");
        assertThat(object(Deployment.class, component.code(), values)
                        .getMetadata()
                        .getAnnotations())
                .containsExactly(Map.entry("keel", "force"));
        assertThat(object(ServiceAccount.class, component.code(), values)
                        .getMetadata()
                        .getAnnotations())
                .containsEntry("role", "images");
        assertThat(object(Service.class, component.code(), values).getMetadata().getAnnotations())
                .containsEntry("zone", "inner");
    }

    @ParameterizedTest
    @EnumSource
    void whereAPodMayRunIsHisChoice(Component component) {
        PodSpec pod = podWith(
                        component,
                        Map.of(
                                component.code() + ".nodeSelector.disk", "fast",
                                component.code() + ".tolerations[0].key", "dedicated",
                                component.code() + ".tolerations[0].operator", "Exists",
                                component.code() + ".priorityClassName", "important"))
                .getSpec();

        assertThat(pod.getNodeSelector()).containsEntry("disk", "fast");
        assertThat(pod.getTolerations()).extracting(Toleration::getKey).containsExactly("dedicated");
        assertThat(pod.getPriorityClassName()).isEqualTo("important");
    }

    private static PodTemplateSpec podWith(Component component, Map<String, Object> values) {
        return object(Deployment.class, component.code(), values).getSpec().getTemplate();
    }
}
