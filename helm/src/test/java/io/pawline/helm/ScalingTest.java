package io.pawline.helm;

import static io.pawline.helm.TestingChart.custom;
import static io.pawline.helm.TestingChart.object;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalingTest {

    private static final Map<String, Object> KEDA = Map.of(
            "detect.scaling.mode", "keda",
            "keda.prometheusUrl", "http://prometheus.monitoring:9090");

    @ParameterizedTest
    @CsvSource({"fixed, 0, 0", "hpa, 1, 0", "keda, 0, 1"})
    void exactlyOneDecidesHowManyPodsThereAre(String mode, int autoscalers, int scaledObjects) {
        Map<String, Object> values =
                Map.of("detect.scaling.mode", mode, "keda.prometheusUrl", "http://prometheus.monitoring:9090");

        assertThat(objects(HorizontalPodAutoscaler.class, values)).hasSize(autoscalers);
        assertThat(custom("ScaledObject", values)).hasSize(scaledObjects);
        assertThat(object(Deployment.class, "detect", values).getSpec().getReplicas())
                .isEqualTo(mode.equals("fixed") ? 1 : null);
    }

    /** Helm makes the new scaler before it deletes the old one. */
    @Test
    void theScalersOfTwoModesDoNotCollideDuringTheChange() {
        GenericKubernetesResource keda = custom("ScaledObject", KEDA).getFirst();
        HorizontalPodAutoscaler own = objects(HorizontalPodAutoscaler.class, Map.of("detect.scaling.mode", "hpa"))
                .getFirst();

        assertThat(keda.<String>get("spec", "advanced", "horizontalPodAutoscalerConfig", "name"))
                .isNotEqualTo(own.getMetadata().getName());
        assertThat(keda.getMetadata().getAnnotations()).containsEntry("validations.keda.sh/hpa-ownership", "false");
    }

    @Test
    void theAutoscalerHoldsItsBoundsAndItsTarget() {
        HorizontalPodAutoscaler autoscaler = objects(
                        HorizontalPodAutoscaler.class,
                        Map.of(
                                "ingest.scaling.mode", "hpa",
                                "ingest.scaling.minReplicas", 2,
                                "ingest.scaling.maxReplicas", 6,
                                "ingest.scaling.cpuPercent", 60))
                .getFirst();

        assertThat(autoscaler.getSpec().getMinReplicas()).isEqualTo(2);
        assertThat(autoscaler.getSpec().getMaxReplicas()).isEqualTo(6);
        assertThat(autoscaler.getSpec().getScaleTargetRef().getName())
                .isEqualTo(object(Deployment.class, "ingest").getMetadata().getName());
        assertThat(autoscaler.getSpec().getMetrics())
                .singleElement()
                .satisfies(metric -> assertThat(metric.getResource().getTarget().getAverageUtilization())
                        .isEqualTo(60));
    }

    @Test
    void aStageIsScaledByTheWorkThatIsLeftToDoWhileItMayBegin() {
        GenericKubernetesResource scaled = custom("ScaledObject", KEDA).getFirst();

        assertThat(scaled.<String>get("spec", "triggers", 0, "metadata", "query"))
                .isEqualTo("sum(pawline_stage_lag_net{release=\"pets/spring\",stage=\"detect\"}"
                        + " * pawline_stage_open{release=\"pets/spring\",stage=\"detect\"})");
        assertThat(scaled.<String>get("spec", "triggers", 0, "metadata", "threshold"))
                .as("the calls that a pod can have in flight")
                .isEqualTo("64");
        assertThat(scaled.<String>get("spec", "scaleTargetRef", "name")).isEqualTo("spring-pawline-detect");
    }

    @Test
    void withoutTheMetricWhatRunsGoesOnRunning() {
        GenericKubernetesResource scaled = custom("ScaledObject", KEDA).getFirst();

        assertThat(scaled.<String>get("spec", "triggers", 0, "metadata", "ignoreNullValues"))
                .isEqualTo("false");
        assertThat(scaled.<String>get("spec", "fallback", "behavior")).isEqualTo("currentReplicasIfHigher");
        assertThat(scaled.<Integer>get("spec", "minReplicaCount")).isEqualTo(1);
    }

    @Test
    void podsGoNoFasterThanTheyDrain() {
        GenericKubernetesResource scaled =
                custom("ScaledObject", with(KEDA, "detect.drainSeconds", 300)).getFirst();

        assertThat(scaled.<Integer>get(
                        "spec",
                        "advanced",
                        "horizontalPodAutoscalerConfig",
                        "behavior",
                        "scaleDown",
                        "policies",
                        0,
                        "periodSeconds"))
                .isEqualTo(360);
    }

    @Test
    void noPodMoreThanThereAreMeantToBeCallsAProvider() {
        assertThat(object(Deployment.class, "generate").getSpec().getStrategy().getRollingUpdate())
                .satisfies(update -> {
                    assertThat(update.getMaxSurge().getIntVal()).isZero();
                    assertThat(update.getMaxUnavailable().getIntVal()).isEqualTo(1);
                });
        assertThat(object(Deployment.class, "ingest").getSpec().getStrategy().getRollingUpdate())
                .as("the front end always finds one")
                .satisfies(update -> {
                    assertThat(update.getMaxSurge().getIntVal()).isEqualTo(1);
                    assertThat(update.getMaxUnavailable().getIntVal()).isZero();
                });
    }

    /** A Deployment without a number of pods has one until the autoscaler looks again. */
    @ParameterizedTest
    @ValueSource(strings = {"hpa", "keda"})
    void aChangeFromFixedKeepsThePodsThatRun(String mode) {
        Path withFivePods = TestingChart.copy(
                TestingChart.CHART, text -> text.replace(TestingChart.LOOKUP, "(dict \"spec\" (dict \"replicas\" 5))"));
        Map<String, Object> values =
                Map.of("detect.scaling.mode", mode, "keda.prometheusUrl", "http://prometheus.monitoring:9090");

        assertThat(TestingChart.parse(TestingChart.render(withFivePods, TestingChart.MINIMAL, values)))
                .filteredOn(object -> object instanceof Deployment
                        && TestingChart.component(object).equals("detect"))
                .singleElement()
                .satisfies(deployment -> assertThat(
                                ((Deployment) deployment).getSpec().getReplicas())
                        .isEqualTo(5));
        assertThat(TestingChart.parse(TestingChart.render(withFivePods, TestingChart.MINIMAL, Map.of())))
                .filteredOn(Deployment.class::isInstance)
                .as("a fixed number is what the values say")
                .allSatisfy(deployment -> assertThat(
                                ((Deployment) deployment).getSpec().getReplicas())
                        .isEqualTo(1));
    }

    private static Map<String, Object> with(Map<String, Object> values, String key, Object value) {
        Map<String, Object> more = new HashMap<>(values);
        more.put(key, value);
        return more;
    }
}
