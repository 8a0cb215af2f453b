package io.pawline.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders the chart of this module as {@code helm template} does. */
final class TestingChart {

    static final Path CHART = Path.of("pawline");

    /** The annotation in the place of {@code helm.sh/hook}, because Helm as a library renders no hooks. */
    static final String HOOK = "tested.example/hook";

    /** What asks the cluster for a Deployment. Helm as a library would look for one on this machine. */
    static final String LOOKUP =
            "(lookup \"apps/v1\" \"Deployment\" .root.Release.Namespace (include \"pawline.componentName\" .))";

    private static final Path CHART_WITHOUT_HOOKS = withoutHooks();

    /** The values that have no default. */
    static final Path MINIMAL = Path.of("examples/minimal.yaml");

    static final String RELEASE = "spring";
    static final String NAMESPACE = "pets";

    /** A version of Kubernetes that the chart supports. The default of Helm as a library is much older. */
    private static final String OLDEST_KUBERNETES = "1.25.0";

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Stream.of(
                    ConfigMap.class,
                    Deployment.class,
                    HorizontalPodAutoscaler.class,
                    Ingress.class,
                    Job.class,
                    NetworkPolicy.class,
                    Pod.class,
                    PodDisruptionBudget.class,
                    Service.class,
                    ServiceAccount.class)
            .collect(Collectors.toMap(Class::getSimpleName, kind -> kind));

    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Refuses fields that the models do not know. The models would keep them. */
    private static final ObjectMapper STRICT = new ObjectMapper(new YAMLFactory())
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    private TestingChart() {}

    /** Helm's output for the minimal values, which these override. */
    static String render(Map<String, Object> values) {
        return render(RELEASE, values);
    }

    static String render(String release, Map<String, Object> values) {
        TemplateCommand template = template(release, OLDEST_KUBERNETES).withValuesFile(MINIMAL);
        values.forEach(template::set);
        return template.call();
    }

    /** Helm's output for a file of values and the chart's own. */
    static String render(Path file) {
        return render(file, Map.of());
    }

    /** Helm's output for a file of values, which these override. */
    static String render(Path file, Map<String, Object> values) {
        return render(CHART_WITHOUT_HOOKS, file, values);
    }

    /** The output of Helm for another chart than the present one. */
    static String render(Path chart, Path file, Map<String, Object> values) {
        TemplateCommand template = template(chart, RELEASE, OLDEST_KUBERNETES).withValuesFile(file);
        values.forEach(template::set);
        return template.call();
    }

    /** Helm's output for the minimal values at a cluster of this version. */
    static String renderFor(String kubernetes) {
        return template(RELEASE, kubernetes).withValuesFile(MINIMAL).call();
    }

    private static TemplateCommand template(String release, String kubernetes) {
        return template(CHART_WITHOUT_HOOKS, release, kubernetes);
    }

    private static TemplateCommand template(Path chart, String release, String kubernetes) {
        return new Helm(chart)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion(kubernetes);
    }

    private static Path withoutHooks() {
        return copy(CHART, text -> text.replace("helm.sh/hook", HOOK));
    }

    /** A copy of a chart with other texts, for what Helm as a library cannot be asked for. It finds no Deployment. */
    static Path copy(Path chart, UnaryOperator<String> change) {
        try {
            Path copy = Files.createTempDirectory(Path.of("target"), "chart").resolve(chart.getFileName());
            try (Stream<Path> files = Files.walk(chart)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path to = copy.resolve(chart.relativize(file));
                    Files.createDirectories(Objects.requireNonNull(to.getParent()));
                    Files.writeString(to, change.apply(Files.readString(file)).replace(LOOKUP, "(dict)"));
                }
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The notes that Helm shows after an installation. */
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

    /** The output as objects of Kubernetes. A field that Kubernetes does not know is refused. */
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

    /** The objects of a kind that is not Kubernetes' own, each checked against its schema. */
    static List<GenericKubernetesResource> custom(String kind, Map<String, Object> values) {
        return objects(GenericKubernetesResource.class, values).stream()
                .filter(object -> kind.equals(object.getKind()))
                .toList();
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
                    objects.add(parse(tree));
                }
            } catch (IOException e) {
                throw new AssertionError("Kubernetes would refuse: " + e.getMessage() + "\n" + document, e);
            }
        }
        return objects;
    }

    private static HasMetadata parse(JsonNode tree) throws IOException {
        String kind = tree.path("kind").asText();
        Class<? extends HasMetadata> model = KINDS.get(kind);
        if (model != null) {
            return STRICT.treeToValue(tree, model);
        }
        STRICT.treeToValue(tree.path("metadata"), ObjectMeta.class);
        CustomResources.check(kind, tree.toString());
        return YAML.treeToValue(tree, GenericKubernetesResource.class);
    }
}
