package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks the "restricted" profile of the
 * <a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">Pod Security Standards</a>, and a root
 * file system that nobody writes to.
 */
class PodSecurityTest {

    @ParameterizedTest
    @EnumSource
    void theContainerHasNoPrivileges(Component component) {
        SecurityContext security = containerOf(component).getSecurityContext();

        assertThat(security.getAllowPrivilegeEscalation()).isFalse();
        assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(security.getCapabilities().getAdd()).isEmpty();
        assertThat(security.getPrivileged()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void thePodIsNeverRoot(Component component) {
        PodSecurityContext security = podOf(component).getSecurityContext();

        assertThat(security.getRunAsNonRoot()).isTrue();
        assertThat(security.getRunAsUser()).isEqualTo(10001);
        assertThat(security.getRunAsGroup()).isEqualTo(10001);
        assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    }

    @ParameterizedTest
    @EnumSource
    void onlyTmpCanBeWrittenAndIsBounded(Component component) {
        assertThat(containerOf(component).getSecurityContext().getReadOnlyRootFilesystem())
                .isTrue();
        assertThat(containerOf(component).getVolumeMounts())
                .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .singleElement()
                .satisfies(mount -> assertThat(mount.getMountPath()).isEqualTo("/tmp"));
        assertThat(podOf(component).getVolumes())
                .filteredOn(volume -> volume.getEmptyDir() != null)
                .singleElement()
                .satisfies(
                        volume -> assertThat(volume.getEmptyDir().getSizeLimit().toString())
                                .isEqualTo("256Mi"));
    }

    @ParameterizedTest
    @EnumSource
    void thePodSeesNeitherHostNorKubernetesApi(Component component) {
        PodSpec pod = podOf(component);

        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getHostIPC()).isNull();
        assertThat(pod.getVolumes()).extracting(Volume::getHostPath).containsOnlyNulls();
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(object(ServiceAccount.class, component.code()).getAutomountServiceAccountToken())
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void theContainerIsHeldToItsMemory(Component component) {
        assertThat(containerOf(component).getResources().getRequests()).containsOnlyKeys("cpu", "memory");
        assertThat(containerOf(component).getResources().getLimits()).containsKey("memory");
    }

    private static Container containerOf(Component component) {
        return podOf(component).getContainers().getFirst();
    }

    private static PodSpec podOf(Component component) {
        return object(Deployment.class, component.code())
                .getSpec()
                .getTemplate()
                .getSpec();
    }
}
