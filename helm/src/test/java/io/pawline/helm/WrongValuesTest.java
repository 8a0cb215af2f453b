package io.pawline.helm;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrongValuesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image.repository",
                "kafka.bootstrapServers",
                "schemaRegistry.url",
                "database.url",
                "database.existingSecret",
                "imageStore.bucket",
                "ark.existingSecret",
                "visual.existingSecret",
                "webhook.existingSecret"
            })
    void aMissingRequiredValueIsNamed(String key) {
        assertThatThrownBy(() -> TestingChart.render(Map.of(key, ""))).hasMessageContaining(key + " is required: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replicas",
                "kafka.bootstrapServer",
                "database.password",
                "imageStore.secretKey",
                "detect.replica",
                "ingest.service.prot",
                "defaults.resources.limit.cpu"
            })
    void anUnknownKeyIsRefused(String key) {
        assertThatThrownBy(() -> TestingChart.render(Map.of(key, "x")))
                .hasMessageContaining("additional properties")
                .hasMessageContaining(key.replaceAll(".*\\.(?=[a-zA-Z]+$)", "").replace("cpu", "limit"));
    }

    @ParameterizedTest
    @CsvSource({
        "detect.scaling.replicas, -1",
        "detect.scaling.replicas, two",
        "detect.scaling.mode, always",
        "detect.scaling.minReplicas, 0",
        "detect.inFlight, 0",
        "ingest.databaseConnections.reads, 0",
        "defaults.databaseConnections.writes, many",
        "detect.maxUnavailable, some",
        "kafka.security.protocol, TLS",
        "kafka.topics.manage, terraform",
        "kafka.topicPrefix, staging",
        "kafka.topicPrefix, Staging-",
        "kafka.topicPrefix, pawline.ops.",
        "kafka.topics.partitions, 0",
        "keda.prometheusUrl, prometheus:9090",
        "detect.runAsUser, 0",
        "image.pullPolicy, Sometimes",
        "schemaRegistry.url, registry:8081",
        "database.url, postgres:5432",
        "kafka.bootstrapServers, kafka",
        "ark.existingSecret, My Secret",
        "ingest.service.type, ExternalName",
        "operators.openAccess, maybe",
        "tracing.endpoint, collector:4318",
        "tracing.sampleRatio, 2"
    })
    void aWrongValueIsRefusedWithItsKey(String key, String value) {
        assertThatThrownBy(() -> TestingChart.render(Map.of(key, value)))
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(key.substring(key.lastIndexOf('.') + 1));
    }

    @ParameterizedTest
    @CsvSource({
        "settings.pawline.detect.stage.drain, 90s, set detect.drainSeconds instead",
        "settings.pawline.detect.stage.max-in-flight, 90, set detect.inFlight instead",
        "settings.pawline.detect.stage.provider-capacity, 90, set detect.providerCapacity instead",
        "detect.settings.pawline.detect.stage.max-in-flight, 90, set detect.inFlight instead",
        "settings.pawline.topic-prefix, staging-, set kafka.topicPrefix instead",
        "settings.pawline.database.migrate, true, set setup.enabled instead"
    })
    void aSettingThatAValueStandsForIsRefused(String key, String value, String instead) {
        assertThatThrownBy(() -> TestingChart.render(Map.of(key, value))).hasMessageContaining(instead);
    }

    @Test
    void tooManyCallsForAReceiverAreRefusedWithTheKeysToChange() {
        Map<String, Object> values = Map.of(
                "callback.scaling.mode", "hpa",
                "callback.scaling.maxReplicas", 5,
                "callback.inFlight", 50,
                "callback.providerCapacity", 200);

        assertThatThrownBy(() -> TestingChart.render(values))
                .hasMessageContaining("callback could have 250 calls in flight"
                        + " (callback.scaling.maxReplicas 5 x callback.inFlight 50), and its provider can handle 200"
                        + " (callback.providerCapacity): lower callback.scaling.maxReplicas to 4,"
                        + " or callback.inFlight to 40");
    }

    @Test
    void fixedPodsCountAgainstTheReceiverAsWell() {
        Map<String, Object> values =
                Map.of("callback.scaling.replicas", 2, "callback.inFlight", 64, "callback.providerCapacity", 127);

        assertThatThrownBy(() -> TestingChart.render(values))
                .hasMessageContaining("lower callback.scaling.replicas to 1, or callback.inFlight to 63");
        assertThatNoException()
                .isThrownBy(() -> TestingChart.render(Map.of(
                        "callback.scaling.replicas", 2, "callback.inFlight", 64, "callback.providerCapacity", 128)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"detect", "generate", "matting"})
    void podsOfAStageShareTheirProvidersCapacity(String stage) {
        String rendered = TestingChart.render(
                Map.of(stage + ".scaling.replicas", 4, stage + ".inFlight", 64, stage + ".providerCapacity", 100));

        assertThat(rendered).contains("provider-capacity: 100");
    }

    @Test
    void morePodsThanPartitionsAreRefusedWithTheKeysToChange() {
        Map<String, Object> values = Map.of("kafka.topics.partitions", 3, "matting.scaling.replicas", 4);

        assertThatThrownBy(() -> TestingChart.render(values))
                .hasMessageContaining(
                        "matting may have 4 pods (matting.scaling.replicas) and its topics have 3 partitions")
                .hasMessageContaining("raise kafka.topics.partitions to 4, or lower matting.scaling.replicas");
        assertThatNoException()
                .as("ingest-service reads no work")
                .isThrownBy(
                        () -> TestingChart.render(Map.of("kafka.topics.partitions", 3, "ingest.scaling.replicas", 4)));
    }

    /** Keys and values, and the message about them. */
    @ParameterizedTest
    @CsvSource({
        "ingest.scaling.mode=keda, 'ingest.scaling.mode cannot be keda: ingest is no stage'",
        "detect.scaling.mode=keda, keda.prometheusUrl is required: detect.scaling.mode is keda",
        "detect.scaling.mode=hpa detect.scaling.minReplicas=9, 'detect.scaling.minReplicas is 9 and above detect.scaling.maxReplicas, 4'",
        "kafka.security.protocol=SASL_SSL, kafka.security.existingSecret is required: kafka.security.protocol is SASL_SSL",
        "kafka.topics.manage=strimzi, kafka.strimzi.cluster is required",
        "kafka.users.manage=strimzi, kafka.strimzi.cluster is required",
        "kafka.users.manage=strimzi kafka.strimzi.cluster=main, with kafka.security.protocol PLAINTEXT nobody says who he is",
        "kafka.users.manage=strimzi kafka.strimzi.cluster=main kafka.security.protocol=SASL_SSL kafka.security.mechanism=PLAIN, kafka.security.mechanism SCRAM-SHA-512 only",
        "kafka.users.manage=strimzi kafka.strimzi.cluster=main kafka.security.protocol=SASL_SSL kafka.topics.manage=job, setup.kafkaSecret is required",
        "kafka.topics.manage=job setup.enabled=false, set setup.enabled to true",
        "simulator.enabled=true ark.baseUrl=https://ark.example, simulator.enabled is true and ark.baseUrl is https://ark.example",
        "ops.scaling.replicas=2, 'ops.scaling must be mode fixed with at most 1 of replicas, and is fixed with 2'",
        "ops.scaling.mode=hpa, 'ops.scaling must be mode fixed with at most 1 of replicas, and is hpa with 4'"
    })
    void whatDoesNotFitTogetherIsRefused(String given, String said) {
        Map<String, Object> values = Arrays.stream(given.split(" ", -1))
                .map(each -> each.split("=", 2))
                .collect(toMap(each -> each[0], each -> asValue(each[1])));

        assertThatThrownBy(() -> TestingChart.render(values)).hasMessageContaining(said);
    }

    private static Object asValue(String text) {
        return switch (text) {
            case "true", "false" -> Boolean.valueOf(text);
            default -> text.chars().allMatch(Character::isDigit) ? Integer.valueOf(text) : text;
        };
    }
}
