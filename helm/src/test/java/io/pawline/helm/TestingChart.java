package io.pawline.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The chart of this module, rendered as {@code helm template} does it. */
final class TestingChart {

    static final Path CHART = Path.of("pawline");

    /** The values that have no default. */
    static final Path MINIMAL = Path.of("examples/minimal.yaml");

    static final String RELEASE = "spring";
    static final String NAMESPACE = "pets";

    /** Of those the chart supports; Helm as a library takes itself to be at a much older one. */
    private static final String OLDEST_KUBERNETES = "1.25.0";

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "ServiceAccount", ServiceAccount.class,
            "ConfigMap", ConfigMap.class,
            "Service", Service.class,
            "Deployment", Deployment.class);

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** The models keep what they do not know; without that, Jackson refuses it. */
    private static final ObjectMapper STRICT = new ObjectMapper(new YAMLFactory())
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    private TestingChart() {}

    /** Helm's output for the minimal values with these above them. */
    static String render(Map<String, Object> values) {
        return render(RELEASE, values);
    }

    static String render(String release, Map<String, Object> values) {
        TemplateCommand template = new Helm(CHART)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion(OLDEST_KUBERNETES)
                .withValuesFile(MINIMAL);
        values.forEach(template::set);
        return template.call();
    }

    /** What Helm tells the operator after an installation. */
    static String notes(String release) {
        return new Helm(CHART)
                .install()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion(OLDEST_KUBERNETES)
                .withValuesFile(MINIMAL)
                .clientOnly()
                .dryRun()
                .call()
                .getOutput();
    }

    /** The same as objects of Kubernetes; a field that Kubernetes does not know is refused. */
    static List<HasMetadata> objects(Map<String, Object> values) {
        return parse(render(values));
    }

    static <T extends HasMetadata> List<T> objects(Class<T> kind, Map<String, Object> values) {
        return objects(values).stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The one object of this kind and component, rendered with the minimal values. */
    static <T extends HasMetadata> T object(Class<T> kind, String component) {
        return object(kind, component, Map.of());
    }

    static <T extends HasMetadata> T object(Class<T> kind, String component, Map<String, Object> values) {
        return objects(kind, values).stream()
                .filter(object -> component.equals(component(object)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind.getSimpleName() + " of " + component));
    }

    static String component(HasMetadata object) {
        return Objects.requireNonNull(object.getMetadata().getLabels().get("app.kubernetes.io/component"));
    }

    static List<HasMetadata> parse(String rendered) {
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : rendered.split("(?m)^---$", -1)) {
            try {
                JsonNode tree = YAML.readTree(document);
                if (tree.isObject()) {
                    objects.add(STRICT.readValue(document, kindOf(tree)));
                }
            } catch (IOException e) {
                throw new AssertionError("Kubernetes would refuse: " + e.getMessage() + "\n" + document, e);
            }
        }
        return objects;
    }

    private static Class<? extends HasMetadata> kindOf(JsonNode tree) {
        String kind = tree.path("kind").asText();
        return Objects.requireNonNull(KINDS.get(kind), () -> "no model is known for kind '" + kind + "'");
    }
}
