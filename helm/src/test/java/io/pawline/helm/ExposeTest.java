package io.pawline.helm;

import static io.pawline.helm.TestingChart.custom;
import static io.pawline.helm.TestingChart.object;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks the ways for requests from outside of the cluster. */
class ExposeTest {

    private static final Map<String, Object> HOSTS = Map.of(
            "expose.ingestHosts[0]", "api.example.com",
            "expose.opsHosts[0]", "ops.example.com",
            "networkPolicy.operators[0].namespaceSelector.matchLabels.name", "ingress");

    @Test
    void nothingIsReachedUnlessAskedFor() {
        assertThat(objects(Ingress.class, HOSTS)).isEmpty();
        assertThat(custom("HTTPRoute", HOSTS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ingest, api.example.com, /v1", "ops, ops.example.com, /"})
    void anIngressLeadsToTheServiceAndNoFurther(String component, String host, String path) {
        Ingress ingress = object(
                Ingress.class,
                component,
                with(Map.of(
                        "expose.mode", "ingress",
                        "expose.ingressClassName", "nginx",
                        "expose.tlsSecret", "example-com",
                        "expose.annotations.proxy", "slow")));

        assertThat(ingress.getSpec().getIngressClassName()).isEqualTo("nginx");
        assertThat(ingress.getMetadata().getAnnotations()).containsEntry("proxy", "slow");
        assertThat(ingress.getSpec().getTls()).singleElement().satisfies(tls -> {
            assertThat(tls.getSecretName()).isEqualTo("example-com");
            assertThat(tls.getHosts()).containsExactly(host);
        });
        assertThat(ingress.getSpec().getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getHost()).isEqualTo(host);
            assertThat(rule.getHttp().getPaths()).singleElement().satisfies(route -> {
                assertThat(route.getPath()).isEqualTo(path);
                assertThat(route.getPathType()).isEqualTo("Prefix");
                assertThat(route.getBackend().getService().getName()).isEqualTo(serviceOf(component));
                assertThat(route.getBackend().getService().getPort().getName()).isEqualTo("http");
            });
        });
    }

    @ParameterizedTest
    @CsvSource({"ingest, api.example.com, /v1", "ops, ops.example.com, /"})
    void aRouteOfAGatewayDoesTheSame(String component, String host, String path) {
        GenericKubernetesResource route = custom(
                        "HTTPRoute",
                        with(Map.of(
                                "expose.mode",
                                "httpRoute",
                                "expose.parentRefs[0].name",
                                "public",
                                "expose.parentRefs[0].namespace",
                                "gateways",
                                component + ".service.port",
                                8443)))
                .stream()
                .filter(object -> component.equals(TestingChart.component(object)))
                .findFirst()
                .orElseThrow();

        assertThat(route.<List<String>>get("spec", "hostnames")).containsExactly(host);
        assertThat(route.<String>get("spec", "parentRefs", 0, "name")).isEqualTo("public");
        assertThat(route.<String>get("spec", "rules", 0, "matches", 0, "path", "type"))
                .isEqualTo("PathPrefix");
        assertThat(route.<String>get("spec", "rules", 0, "matches", 0, "path", "value"))
                .isEqualTo(path);
        assertThat(route.<String>get("spec", "rules", 0, "backendRefs", 0, "name"))
                .isEqualTo(serviceOf(component));
        assertThat(route.<Integer>get("spec", "rules", 0, "backendRefs", 0, "port"))
                .isEqualTo(8443);
    }

    @Test
    void whatWouldLeadNowhereOrToEverybodyIsRefused() {
        assertThatThrownBy(() -> TestingChart.render(Map.of("expose.mode", "ingress")))
                .hasMessageContaining("set expose.ingestHosts");
        assertThatThrownBy(() -> TestingChart.render(with(Map.of("expose.mode", "httpRoute"))))
                .hasMessageContaining("expose.parentRefs is required");
        assertThatThrownBy(
                        () -> TestingChart.render(with(Map.of("expose.mode", "ingress", "operators.openAccess", true))))
                .hasMessageContaining("everybody from outside could act");
        assertThatThrownBy(() ->
                        TestingChart.render(Map.of("expose.mode", "ingress", "expose.opsHosts[0]", "ops.example.com")))
                .hasMessageContaining("networkPolicy.operators is required");
    }

    private static String serviceOf(String component) {
        return object(Service.class, component).getMetadata().getName();
    }

    private static Map<String, Object> with(Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(HOSTS);
        all.putAll(values);
        return all;
    }
}
