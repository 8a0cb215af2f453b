package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SecretsTest {

    @ParameterizedTest
    @EnumSource
    void aServiceReadsTheSecretsItNeedsAndNoOthers(Component component) {
        assertThat(secretsOf(component, Map.of()))
                .extracting(SecretKeySelector::getName)
                .hasSameElementsAs(component.secrets());
    }

    @ParameterizedTest
    @EnumSource
    void secretsReachAServiceInNoOtherWay(Component component) {
        Container container = containerOf(component, Map.of());

        assertThat(container.getEnvFrom()).isEmpty();
        assertThat(container.getEnv())
                .filteredOn(env -> env.getValueFrom() == null)
                .extracting(EnvVar::getName)
                .containsExactlyInAnyOrder("JAVA_TOOL_OPTIONS", "SPRING_CONFIG_ADDITIONALLOCATION");
        assertThat(object(ConfigMap.class, component.code()).getData().get("settings.yaml"))
                .doesNotContainIgnoringCase("password", "username", "api-key", "access-key", "secret");
    }

    @Test
    void theChartMakesNoSecretOfItsOwn() {
        assertThat(TestingChart.render(Map.of())).doesNotContain("kind: Secret");
    }

    @Test
    void keysInsideASecretCanHaveOtherNames() {
        Map<String, Object> values = Map.of("ark.existingSecret", "providers", "ark.apiKeyKey", "ark_key");

        assertThat(secretsOf(Component.GENERATE, values)).singleElement().satisfies(secret -> {
            assertThat(secret.getName()).isEqualTo("providers");
            assertThat(secret.getKey()).isEqualTo("ark_key");
        });
    }

    @Test
    void generateReadsTheKeysOfTheStoreIfPhotosGoAlong() {
        assertThat(secretsOf(Component.GENERATE, Map.of("settings.pawline.generate.reference-photo", true)))
                .extracting(SecretKeySelector::getName)
                .contains("pawline-images");
        assertThat(object(
                                ConfigMap.class,
                                Component.GENERATE.code(),
                                Map.of("settings.pawline.generate.reference-photo", true))
                        .getData()
                        .get("settings.yaml"))
                .contains("image-store:");
    }

    /** callback-service names the settings when it starts, if the Secret has neither. */
    @ParameterizedTest
    @EnumSource(names = {"INGEST", "CALLBACK"})
    void ofTheSecretsThatSignEachMayBeMissing(Component component) {
        assertThat(containerOf(component, Map.of()).getEnv())
                .filteredOn(env -> env.getName().startsWith("PAWLINE_CALLBACK_"))
                .extracting(
                        EnvVar::getName,
                        env -> env.getValueFrom().getSecretKeyRef().getKey(),
                        env -> env.getValueFrom().getSecretKeyRef().getOptional())
                .containsExactly(
                        tuple("PAWLINE_CALLBACK_MASTERSECRETS", "master-secret", true),
                        tuple("PAWLINE_CALLBACK_SECRETS", "secret", true));
    }

    @ParameterizedTest
    @EnumSource
    void withoutASecretTheImageStoreIsReachedByThePodsOwnIdentity(Component component) {
        assertThat(secretsOf(component, Map.of("imageStore.existingSecret", "")))
                .extracting(SecretKeySelector::getName)
                .doesNotContain("pawline-images");
    }

    @ParameterizedTest
    @EnumSource
    void reloaderIsToldOfEverySecretThatAPodReads(Component component) {
        Map<String, Object> values = Map.of(
                "reloader.enabled", true,
                "database.caSecret", "postgres-ca",
                "schemaRegistry.caSecret", "registry-ca",
                "defaults.extraEnv[0].name", "PROXY_LOGIN",
                "defaults.extraEnv[0].valueFrom.secretKeyRef.name", "proxy",
                "defaults.extraEnv[0].valueFrom.secretKeyRef.key", "login");
        Deployment deployment = object(Deployment.class, component.code(), values);
        Set<String> read = new TreeSet<>();
        secretsOf(component, values).forEach(secret -> read.add(secret.getName()));
        deployment.getSpec().getTemplate().getSpec().getVolumes().stream()
                .filter(volume -> volume.getSecret() != null)
                .forEach(volume -> read.add(volume.getSecret().getSecretName()));

        assertThat(deployment.getMetadata().getAnnotations())
                .containsOnly(Map.entry("secret.reloader.stakater.com/reload", String.join(",", read)));
        assertThat(object(Deployment.class, component.code()).getMetadata().getAnnotations())
                .as("not asked for")
                .isEmpty();
    }

    private static List<SecretKeySelector> secretsOf(Component component, Map<String, Object> values) {
        return containerOf(component, values).getEnv().stream()
                .filter(env -> env.getValueFrom() != null)
                .map(env -> env.getValueFrom().getSecretKeyRef())
                .toList();
    }

    private static Container containerOf(Component component, Map<String, Object> values) {
        return object(Deployment.class, component.code(), values)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
    }
}
