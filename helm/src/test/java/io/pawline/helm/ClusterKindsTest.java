package io.pawline.helm;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks what the chart says to a cluster that lacks kinds of other projects. */
class ClusterKindsTest {

    private static final Map<String, Object> ALL = Map.of(
            "detect.scaling.mode", "keda",
            "keda.prometheusUrl", "http://prometheus.monitoring:9090",
            "monitoring.serviceMonitor.enabled", true,
            "monitoring.alerts.enabled", true,
            "expose.mode", "httpRoute",
            "expose.ingestHosts[0]", "api.example.com",
            "expose.parentRefs[0].name", "public",
            "kafka.topics.manage", "strimzi",
            "kafka.strimzi.cluster", "main");

    private static final String[] KINDS = {
        "keda.sh/v1alpha1/ScaledObject",
        "kafka.strimzi.io/v1/KafkaTopic",
        "monitoring.coreos.com/v1/ServiceMonitor",
        "monitoring.coreos.com/v1/PrometheusRule",
        "gateway.networking.k8s.io/v1/HTTPRoute"
    };

    @ParameterizedTest
    @CsvSource({
        "keda.sh/v1alpha1/ScaledObject, detect.scaling.mode is keda, install KEDA 2",
        "kafka.strimzi.io/v1/KafkaTopic, kafka.topics.manage is strimzi, install Strimzi 0.49 or later",
        "monitoring.coreos.com/v1/ServiceMonitor, monitoring.serviceMonitor.enabled is true, install the Prometheus Operator",
        "monitoring.coreos.com/v1/PrometheusRule, monitoring.alerts.enabled is true, install the Prometheus Operator",
        "gateway.networking.k8s.io/v1/HTTPRoute, expose.mode is httpRoute, install the Gateway API 1.0 or later"
    })
    void aKindThatIsMissingIsNamedWithWhatBringsIt(String kind, String asksForIt, String remedy) {
        Path cluster = chartAtAClusterWith(Stream.of(KINDS).filter(known -> !known.equals(kind)));

        assertThatThrownBy(() -> TestingChart.render(cluster, TestingChart.MINIMAL, ALL))
                .hasMessageContaining(asksForIt)
                .hasMessageContaining("this cluster has none")
                .hasMessageContaining(remedy);
    }

    @Test
    void aVersionThatIsTooOldIsNamed() {
        Path cluster = chartAtAClusterWith(
                Stream.of(KINDS).map(kind -> kind.replace("strimzi.io/v1/", "strimzi.io/v1beta2/")));

        assertThatThrownBy(() -> TestingChart.render(cluster, TestingChart.MINIMAL, ALL))
                .hasMessageContaining("this cluster has only kafka.strimzi.io/v1beta2");
    }

    @Test
    void aClusterWithAllOfThemIsFine() {
        assertThat(TestingChart.render(chartAtAClusterWith(Stream.of(KINDS)), TestingChart.MINIMAL, ALL))
                .contains("kind: ScaledObject", "kind: KafkaTopic", "kind: HTTPRoute");
    }

    /** Helm knows the kinds of a real cluster only. */
    private static Path chartAtAClusterWith(Stream<String> kinds) {
        String known = Stream.concat(Stream.of("apps/v1/Deployment"), kinds)
                .map(kind -> "\"" + kind + "\"")
                .collect(joining(" ", "(list ", ")"));
        return TestingChart.copy(TestingChart.CHART, text -> text.replace("$root.Capabilities.APIVersions", known));
    }
}
