package io.pawline.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.pawline.schemas.Stage;
import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplesTest {

    private static final Path CAPACITY = ProjectFiles.document("operator/capacity.md");

    private static final Pattern ROW = Pattern.compile(
            "(?m)^\\| (\\w+) \\| ([0-9.]+) \\| ([0-9.]+) \\| ([0-9.]+) \\| (\\d+) \\| (\\d+) x (\\d+) \\|$");

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "laptop", "small", "incident-proof"})
    void anExampleIsCompleteAndAClusterAcceptsItsObjects(String name) {
        assertThat(TestingChart.parse(TestingChart.render(file(name))))
                .filteredOn(Deployment.class::isInstance)
                .extracting(TestingChart::component)
                .containsAll(Stream.of(Component.values()).map(Component::code).toList());
    }

    /** Applies Little's law to the numbers of the page. */
    @ParameterizedTest
    @ValueSource(strings = {"incident-proof", "small"})
    void anExampleCanHandleTheLoadOfTheCapacityPage(String name) throws IOException {
        List<HasMetadata> objects = TestingChart.parse(TestingChart.render(file(name)));
        String section =
                Files.readString(CAPACITY).split("(?m)^## " + name + "$", -1)[1].split("(?m)^## ", -1)[0];
        List<MatchResult> rows = ROW.matcher(section).results().toList();

        assertThat(rows)
                .extracting(row -> row.group(1))
                .containsExactlyElementsOf(
                        Stream.of(Stage.values()).map(Stage::code).toList());
        for (MatchResult row : rows) {
            double needed = number(row, 2) * number(row, 3) * number(row, 4);
            assertThat(number(row, 5)).as(row.group()).isEqualTo(Math.ceil(Math.round(needed * 1e6) / 1e6));
            assertThat(pods(row.group(1), objects)).as(row.group()).isEqualTo((int) number(row, 6));
            assertThat(inFlight(row.group(1), objects)).as(row.group()).isEqualTo((int) number(row, 7));
            assertThat(number(row, 6) * number(row, 7)).as(row.group()).isGreaterThanOrEqualTo(needed);
        }
    }

    private static Path file(String example) {
        return Path.of("examples", example + ".yaml");
    }

    private static double number(MatchResult row, int group) {
        return Double.parseDouble(row.group(group));
    }

    /** The largest number of pods. */
    private static int pods(String stage, List<HasMetadata> objects) {
        return of(stage, GenericKubernetesResource.class, objects)
                .filter(object -> object.getKind().equals("ScaledObject"))
                .map(scaled -> scaled.<Integer>get("spec", "maxReplicaCount"))
                .findFirst()
                .orElseGet(() -> of(stage, Deployment.class, objects)
                        .map(deployment -> deployment.getSpec().getReplicas())
                        .findFirst()
                        .orElseThrow());
    }

    private static int inFlight(String stage, List<HasMetadata> objects) throws IOException {
        Map<String, String> files =
                of(stage, ConfigMap.class, objects).findFirst().orElseThrow().getData();
        ObjectMapper yaml = TestingChart.YAML;
        JsonNode settings = yaml.readTree(files.get("settings.yaml"));
        return settings.at("/pawline/" + stage + "/stage/max-in-flight").asInt();
    }

    private static <T extends HasMetadata> Stream<T> of(String stage, Class<T> kind, List<HasMetadata> objects) {
        return objects.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(object -> stage.equals(TestingChart.component(object)));
    }
}
