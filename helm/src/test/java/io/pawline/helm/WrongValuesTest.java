package io.pawline.helm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        "detect.replicas, -1",
        "detect.replicas, two",
        "detect.runAsUser, 0",
        "image.pullPolicy, Sometimes",
        "schemaRegistry.url, registry:8081",
        "database.url, postgres:5432",
        "kafka.bootstrapServers, kafka",
        "ark.existingSecret, My Secret",
        "ingest.service.type, ExternalName"
    })
    void aWrongValueIsRefusedWithItsKey(String key, String value) {
        assertThatThrownBy(() -> TestingChart.render(Map.of(key, value)))
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(key.substring(key.lastIndexOf('.') + 1));
    }

    @Test
    void theDrainIsSetWhereTheGracePeriodFollowsIt() {
        assertThatThrownBy(() -> TestingChart.render(Map.of("settings.pawline.detect.stage.drain", "90s")))
                .hasMessageContaining("set detect.drainSeconds instead");
    }
}
