package io.pawline.helm;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares what the first version of the chart rendered with what this one renders for the same values, as {@code helm
 * upgrade} does.
 */
class UpgradeTest {

    private static final Path FIRST = Path.of("src/test/resources/0.1.0");

    private static final Path CHART = TestingChart.copy(TestingChart.CHART, text -> text);

    private record Name(String kind, String name) {}

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "laptop", "small", "incident-proof"})
    void anUpgradeTouchesNoFieldThatCannotBeChanged(String example) {
        Map<Name, HasMetadata> before = rendered(FIRST.resolve("pawline"), example);
        Map<Name, HasMetadata> after = rendered(CHART, example);

        before.forEach((name, old) -> {
            HasMetadata now = after.get(name);
            assertThat(now).as("%s would be deleted", name).isNotNull();
            assertThat(immutable(Objects.requireNonNull(now)))
                    .as(name.toString())
                    .isEqualTo(immutable(old));
        });
    }

    /** Strimzi refuses that. */
    @ParameterizedTest
    @ValueSource(strings = {"minimal", "laptop", "small", "incident-proof"})
    void partitionsOfTopicsAreNeverFewerThanBefore(String example) {
        Map<Name, HasMetadata> after = rendered(CHART, example);

        rendered(FIRST.resolve("pawline"), example).forEach((name, old) -> {
            if (old instanceof GenericKubernetesResource topic
                    && topic.getKind().equals("KafkaTopic")) {
                GenericKubernetesResource now =
                        (GenericKubernetesResource) Objects.requireNonNull(after.get(name), name.toString());
                assertThat(now.<Integer>get("spec", "partitions"))
                        .as(name.toString())
                        .isGreaterThanOrEqualTo(topic.<Integer>get("spec", "partitions"));
            }
        });
    }

    /** The setup's job and policy are hooks, which are made anew each time. */
    private static Map<Name, HasMetadata> rendered(Path chart, String example) {
        Path values = FIRST.resolve("examples/" + example + ".yaml");
        return TestingChart.parse(TestingChart.render(chart, values, Map.of())).stream()
                .filter(object -> !(object instanceof Job))
                .filter(object -> !object.getMetadata().getName().endsWith("-setup"))
                .collect(toMap(
                        object ->
                                new Name(object.getKind(), object.getMetadata().getName()),
                        object -> object));
    }

    /** What Kubernetes, or the operator of a kind, refuses to change. */
    private static List<Object> immutable(HasMetadata object) {
        Stream<Object> fields = switch (object) {
            case Deployment deployment -> Stream.of(deployment.getSpec().getSelector());
            case Service service ->
                Stream.of(
                        String.valueOf(service.getSpec().getClusterIP()),
                        service.getSpec().getType());
            case GenericKubernetesResource topic
            when topic.getKind().equals("KafkaTopic") ->
                Stream.of(topic.<String>get("spec", "topicName"), topic.<Integer>get("spec", "replicas"));
            case GenericKubernetesResource user
            when user.getKind().equals("KafkaUser") -> Stream.of(user.<String>get("spec", "authentication", "type"));
            case GenericKubernetesResource scaled
            when scaled.getKind().equals("ScaledObject") ->
                Stream.of(scaled.<String>get("spec", "scaleTargetRef", "name"));
            default -> Stream.of();
        };
        return Stream.concat(Stream.of(object.getApiVersion()), fields).toList();
    }
}
