package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPolicyTest {

    /** Each of them on a port of its own. */
    private static final Map<String, Object> PLACES = Map.of(
            "kafka.bootstrapServers", "one.kafka:9094,two.kafka:9095",
            "schemaRegistry.url", "https://registry.kafka:8443/apis/ccompat/v7",
            "database.url", "jdbc:postgresql://postgres.data:6432/pawline?sslmode=require",
            "imageStore.endpoint", "http://minio.data:9000",
            "ark.baseUrl", "https://ark.example.com:7001/api/v3",
            "visual.baseUrl", "http://visual.example.com:7002",
            "tracing.endpoint", "http://collector.monitoring:4318");

    @ParameterizedTest
    @EnumSource
    void aPodReachesWhatItsServiceNeedsAndNothingElse(Component component) {
        Set<Integer> ports = new TreeSet<>(Set.of(53, 5353, 9094, 9095, 8443, 4318));
        ports.addAll(
                switch (component) {
                    case INGEST -> Set.of(6432, 9000, 80, 443);
                    case DETECT -> Set.of(7001, 9000, 80, 443);
                    case GENERATE -> Set.of(7001);
                    case MATTING -> Set.of(7002, 9000);
                    case FINALIZE -> Set.of(9000, 80, 443);
                    case CALLBACK -> Set.of(6432, 9000, 80, 443);
                    case OPS -> Set.of(6432);
                });

        NetworkPolicy policy = object(NetworkPolicy.class, component.code(), PLACES);

        assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(ports(policy)).isEqualTo(ports);
        assertThat(policy.getSpec().getPodSelector().getMatchLabels())
                .isEqualTo(object(Deployment.class, component.code())
                        .getSpec()
                        .getSelector()
                        .getMatchLabels());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"settings.pawline.generate.reference-photo", "generate.settings.pawline.generate.reference-photo"
            })
    void generateReachesPhotosOnlyIfTheyGoAlong(String setting) {
        Map<String, Object> values = new HashMap<>(PLACES);
        values.put(setting, true);

        assertThat(ports(object(NetworkPolicy.class, "generate", values)))
                .containsExactlyInAnyOrder(53, 5353, 9094, 9095, 8443, 4318, 7001, 9000, 80, 443);
    }

    @Test
    void mattingReachesPicturesOnlyIfTheyMayBeTransparent() {
        Map<String, Object> values = new HashMap<>(PLACES);
        values.put("generate.settings.pawline.generate.transparent", true);

        assertThat(ports(object(NetworkPolicy.class, "matting", values)))
                .containsExactlyInAnyOrder(53, 5353, 9094, 9095, 8443, 4318, 7002, 9000, 80, 443);
    }

    @Test
    void addressesWithoutAPortHaveThatOfTheirScheme() {
        Map<String, Object> values =
                Map.of("database.url", "jdbc:postgresql://postgres/pawline", "schemaRegistry.url", "http://registry");

        assertThat(ports(object(NetworkPolicy.class, "ingest", values)))
                .isEqualTo(Set.of(53, 5353, 80, 443, 5432, 9092));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest", "detect", "finalize", "callback"})
    void whatComesFromOutsideLeadsToNoPrivateAddress(String component) {
        assertThat(object(NetworkPolicy.class, component).getSpec().getEgress())
                .filteredOn(rule -> rule.getPorts().size() == 2
                        && rule.getPorts().getFirst().getPort().getIntVal() == 80)
                .singleElement()
                .satisfies(rule -> assertThat(rule.getTo())
                        .hasSize(2)
                        .allSatisfy(peer ->
                                assertThat(peer.getIpBlock().getExcept()).containsAnyOf("10.0.0.0/8", "fc00::/7")));
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheFrontEndAndPrometheusReachAPod(Component component) {
        NetworkPolicy policy = object(NetworkPolicy.class, component.code());

        assertThat(policy.getSpec().getIngress()).hasSize(component == Component.INGEST ? 2 : 1);
        assertThat(policy.getSpec().getIngress().getLast().getFrom())
                .singleElement()
                .satisfies(peer -> assertThat(peer.getNamespaceSelector().getMatchLabels())
                        .containsEntry("kubernetes.io/metadata.name", "monitoring"));
    }

    @Test
    void nobodyReachesTheOperatorsApiUnlessNamed() {
        Map<String, Object> values =
                Map.of("networkPolicy.operators[0].namespaceSelector.matchLabels.team", "operators");

        assertThat(object(NetworkPolicy.class, "ops", values).getSpec().getIngress())
                .hasSize(2)
                .first()
                .satisfies(rule -> assertThat(rule.getFrom())
                        .singleElement()
                        .satisfies(
                                peer -> assertThat(peer.getNamespaceSelector().getMatchLabels())
                                        .containsEntry("team", "operators")));
        assertThat(object(NetworkPolicy.class, "ingest", values).getSpec().getIngress())
                .noneMatch(rule -> rule.getFrom().stream()
                        .anyMatch(peer -> peer.getNamespaceSelector() != null
                                && peer.getNamespaceSelector().getMatchLabels().containsKey("team")));
    }

    @Test
    void theSetupReachesTheDatabaseAndKafkaOnlyIfItMakesTopics() {
        assertThat(ports(object(NetworkPolicy.class, "setup", PLACES))).isEqualTo(Set.of(53, 5353, 6432));
        assertThat(ports(object(NetworkPolicy.class, "setup", Map.of("kafka.topics.manage", "job"))))
                .isEqualTo(Set.of(53, 5353, 5432, 9092));
    }

    @Test
    void namesAreResolvedWhereverTheNameServersListen() {
        assertThat(object(NetworkPolicy.class, "ingest")
                        .getSpec()
                        .getEgress()
                        .getFirst()
                        .getPorts())
                .extracting(port -> port.getProtocol() + " " + port.getPort().getIntVal())
                .containsExactlyInAnyOrder("UDP 53", "TCP 53", "UDP 5353", "TCP 5353");
        assertThat(ports(object(NetworkPolicy.class, "setup", Map.of("networkPolicy.dnsPorts[0]", 1053))))
                .contains(1053)
                .doesNotContain(53);
    }

    @Test
    void theSetupMayReachItsServersBeforeItsJobStarts() {
        Map<String, String> policy =
                object(NetworkPolicy.class, "setup").getMetadata().getAnnotations();

        assertThat(policy)
                .containsEntry(TestingChart.HOOK, "pre-install,pre-upgrade")
                .containsEntry(TestingChart.HOOK + "-weight", "-5")
                .containsEntry(TestingChart.HOOK + "-delete-policy", "before-hook-creation,hook-succeeded");
        assertThat(object(Job.class, "setup").getMetadata().getAnnotations())
                .as("has weight 0")
                .doesNotContainKey(TestingChart.HOOK + "-weight");
        assertThat(object(NetworkPolicy.class, "ingest").getMetadata().getAnnotations())
                .isEmpty();
    }

    @Test
    void peersCanBeNarrowedAndAllCanBeSwitchedOff() {
        Map<String, Object> values = Map.of("networkPolicy.database[0].ipBlock.cidr", "10.1.2.0/24");

        assertThat(object(NetworkPolicy.class, "ingest", values).getSpec().getEgress())
                .filteredOn(rule -> portsOf(rule).contains(5432))
                .singleElement()
                .satisfies(
                        rule -> assertThat(rule.getTo().getFirst().getIpBlock().getCidr())
                                .isEqualTo("10.1.2.0/24"));
        assertThat(objects(NetworkPolicy.class, Map.of("networkPolicy.enabled", false)))
                .isEmpty();
    }

    private static Set<Integer> ports(NetworkPolicy policy) {
        Set<Integer> ports = new TreeSet<>();
        policy.getSpec().getEgress().forEach(rule -> ports.addAll(portsOf(rule)));
        return ports;
    }

    private static List<Integer> portsOf(NetworkPolicyEgressRule rule) {
        return rule.getPorts().stream().map(port -> port.getPort().getIntVal()).toList();
    }
}
