package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks that whoever connects with a private authority's certificate has that authority's. */
class AuthoritiesTest {

    private static final Map<String, Object> DATABASE = Map.of(
            "database.url", "jdbc:postgresql://postgres.data:5432/pawline?sslmode=verify-full",
            "database.caSecret", "postgres-ca",
            "database.caKey", "root.pem");

    private static final String URL =
            "jdbc:postgresql://postgres.data:5432/pawline?sslmode=verify-full&sslrootcert=/etc/pawline-database-ca/ca.crt";

    @ParameterizedTest
    @EnumSource
    void aServiceWithTheDatabaseHasItsAuthorityAsAFile(Component component) {
        PodSpec pod = object(Deployment.class, component.code(), DATABASE)
                .getSpec()
                .getTemplate()
                .getSpec();
        boolean uses = component.secrets().contains("pawline-database");

        assertThat(hasAuthority(pod)).isEqualTo(uses);
        assertThat(String.valueOf(object(ConfigMap.class, component.code(), DATABASE)
                                .getData()
                                .get("settings.yaml"))
                        .contains(URL))
                .isEqualTo(uses);
    }

    @Test
    void theSetupJobHasItToo() {
        PodSpec pod =
                objects(Job.class, DATABASE).getFirst().getSpec().getTemplate().getSpec();

        assertThat(hasAuthority(pod)).isTrue();
        assertThat(pod.getContainers().getFirst().getEnv())
                .anyMatch(variable ->
                        String.valueOf(variable.getValue()).contains("sslrootcert=/etc/pawline-database-ca/ca.crt"));
    }

    @Test
    void anAddressThatNamesAnotherFileIsRefused() {
        assertThatThrownBy(() -> object(
                        Deployment.class,
                        "ingest",
                        Map.of("database.url", "jdbc:postgresql://x/y?sslrootcert=/a", "database.caSecret", "ca")))
                .hasMessageContaining("leave one of them out");
    }

    @ParameterizedTest
    @EnumSource
    void everyServiceHasTheAuthorityOfTheRegistry(Component component) {
        Map<String, Object> values = Map.of(
                "schemaRegistry.url", "https://schema-registry.kafka:8081", "schemaRegistry.caSecret", "registry-ca");

        assertThat(object(Deployment.class, component.code(), values)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getEnv())
                .filteredOn(variable -> variable.getName()
                        .equals("SPRING_KAFKA_PROPERTIES_SCHEMA_REGISTRY_SSL_TRUSTSTORE_CERTIFICATES"))
                .singleElement()
                .satisfies(variable -> {
                    assertThat(variable.getValueFrom().getSecretKeyRef().getName())
                            .isEqualTo("registry-ca");
                    assertThat(variable.getValueFrom().getSecretKeyRef().getKey())
                            .isEqualTo("ca.crt");
                });
        assertThat(object(ConfigMap.class, component.code(), values).getData().get("settings.yaml"))
                .contains("schema.registry.ssl.truststore.type: PEM");
    }

    private static boolean hasAuthority(PodSpec pod) {
        boolean mounted = pod.getContainers().getFirst().getVolumeMounts().stream()
                .anyMatch(mount -> mount.getMountPath().equals("/etc/pawline-database-ca"));
        boolean there = pod.getVolumes().stream()
                .anyMatch(volume -> volume.getSecret() != null
                        && volume.getSecret().getSecretName().equals("postgres-ca")
                        && volume.getSecret().getItems().getFirst().getKey().equals("root.pem"));
        assertThat(mounted).as("a mount and its volume").isEqualTo(there);
        return mounted;
    }
}
