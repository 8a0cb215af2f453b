package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AvailabilityTest {

    @ParameterizedTest
    @EnumSource
    void oneNodeAfterTheOtherCanBeDrained(Component component) {
        PodDisruptionBudget budget = object(PodDisruptionBudget.class, component.code());

        assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(budget.getSpec().getSelector().getMatchLabels())
                .isEqualTo(object(Deployment.class, component.code())
                        .getSpec()
                        .getSelector()
                        .getMatchLabels());
    }

    @ParameterizedTest
    @EnumSource
    void podsAreSpreadOverZonesAndNodes(Component component) {
        Deployment deployment = object(Deployment.class, component.code());

        assertThat(deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                .hasSize(2)
                .allSatisfy(spread -> {
                    assertThat(spread.getWhenUnsatisfiable()).isEqualTo("ScheduleAnyway");
                    assertThat(spread.getLabelSelector().getMatchLabels())
                            .isEqualTo(deployment.getSpec().getSelector().getMatchLabels());
                })
                .extracting(TopologySpreadConstraint::getTopologyKey)
                .containsExactly("topology.kubernetes.io/zone", "kubernetes.io/hostname");
    }

    @Test
    void aPodIsTakenOffItsServiceBeforeItIsStopped() {
        Map<String, Object> values = Map.of("ingest.preStopSeconds", 20, "ingest.drainSeconds", 10);
        PodSpec pod = object(Deployment.class, "ingest", values)
                .getSpec()
                .getTemplate()
                .getSpec();

        assertThat(pod.getContainers()
                        .getFirst()
                        .getLifecycle()
                        .getPreStop()
                        .getExec()
                        .getCommand())
                .containsExactly("sleep", "20");
        assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(20 + 10 + 60);
    }

    @Test
    void newerClustersWaitWithoutAProgramOfTheImage() {
        Lifecycle lifecycle = TestingChart.parse(TestingChart.renderFor("1.30.0")).stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .findFirst()
                .orElseThrow()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getLifecycle();

        assertThat(lifecycle.getPreStop().getExec()).isNull();
        assertThat(lifecycle.getPreStop().getSleep().getSeconds()).isEqualTo(5);
    }
}
