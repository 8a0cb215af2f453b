package io.pawline.helm;

import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SetupJobTest {

    @Test
    void itRunsBeforeThePodsOfAnInstallationOrUpgrade() {
        Job job = job(Map.of());

        assertThat(job.getMetadata().getAnnotations())
                .containsEntry(TestingChart.HOOK, "pre-install,pre-upgrade")
                .containsEntry(TestingChart.HOOK + "-delete-policy", "before-hook-creation,hook-succeeded");
        assertThat(container(job).getImage()).isEqualTo("registry.example.com/pawline/ingest-service:0.1.0");
        assertThat(container(job).getArgs()).containsExactly("setup");
        assertThat(job.getSpec().getTemplate().getSpec().getServiceAccountName())
                .as("nothing of the release is there yet")
                .isNull();
        assertThat(job.getSpec().getTemplate().getSpec().getVolumes())
                .extracting(volume -> volume.getConfigMap())
                .containsOnlyNulls();
    }

    @Test
    void itMakesTheTablesAndKnowsNothingOfKafkaByDefault() throws JsonProcessingException {
        JsonNode settings = settings(Map.of());

        assertThat(settings.at("/pawline/database/url").asText()).startsWith("jdbc:postgresql:");
        assertThat(settings.at("/pawline/setup").isMissingNode()).isTrue();
        assertThat(settings.at("/spring").isMissingNode()).isTrue();
        assertThat(container(job(Map.of())).getEnv())
                .extracting(EnvVar::getName)
                .containsExactlyInAnyOrder(
                        "JAVA_TOOL_OPTIONS",
                        "SPRING_APPLICATION_JSON",
                        "PAWLINE_DATABASE_USERNAME",
                        "PAWLINE_DATABASE_PASSWORD");
    }

    @Test
    void itMakesTheTopicsAsAUserWhoMay() throws JsonProcessingException {
        Map<String, Object> values = Map.of(
                "kafka.topics.manage", "job",
                "kafka.topics.partitions", 24,
                "kafka.security.protocol", "SASL_SSL",
                "kafka.security.existingSecret", "pawline-kafka",
                "setup.kafkaSecret", "kafka-admin");
        JsonNode settings = settings(values);

        assertThat(settings.at("/pawline/setup/partitions").asInt()).isEqualTo(24);
        assertThat(settings.at("/pawline/setup/replicas").asInt()).isEqualTo(3);
        assertThat(settings.at("/spring/kafka/bootstrap-servers").asText()).isEqualTo("kafka-bootstrap.kafka:9092");
        assertThat(container(job(values)).getEnv())
                .filteredOn(variable -> variable.getName().equals("SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG"))
                .singleElement()
                .satisfies(variable -> assertThat(
                                variable.getValueFrom().getSecretKeyRef().getName())
                        .isEqualTo("kafka-admin"));
    }

    @Test
    void itFitsAMeshAndANamespaceWithAccountsOfItsOwn() {
        PodTemplateSpec pod = job(Map.of(
                        "setup.podAnnotations.sidecar\\.istio\\.io/inject", "off",
                        "setup.podLabels.team", "pets",
                        "setup.existingServiceAccount", "migrations"))
                .getSpec()
                .getTemplate();

        assertThat(pod.getMetadata().getAnnotations()).containsEntry("sidecar.istio.io/inject", "off");
        assertThat(pod.getMetadata().getLabels())
                .containsEntry("team", "pets")
                .containsEntry("app.kubernetes.io/component", "setup");
        assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("migrations");
    }

    @Test
    void withoutItThereIsNoJob() {
        assertThat(objects(Job.class, Map.of("setup.enabled", false))).isEmpty();
    }

    private static Job job(Map<String, Object> values) {
        return objects(Job.class, values).getFirst();
    }

    private static Container container(Job job) {
        return job.getSpec().getTemplate().getSpec().getContainers().getFirst();
    }

    private static JsonNode settings(Map<String, Object> values) throws JsonProcessingException {
        return TestingChart.YAML.readTree(container(job(values)).getEnv().stream()
                .filter(variable -> variable.getName().equals("SPRING_APPLICATION_JSON"))
                .findFirst()
                .orElseThrow()
                .getValue());
    }
}
