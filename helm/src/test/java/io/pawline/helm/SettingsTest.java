package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsTest {

    @ParameterizedTest
    @EnumSource
    void everyServiceKnowsKafkaAndTheRegistryAndLogsForMachines(Component component) {
        JsonNode settings = settingsOf(component, Map.of("kafka.properties.client\\.dns\\.lookup", "use_all_dns_ips"));

        assertThat(settings.at("/spring/kafka/bootstrap-servers").asText()).isEqualTo("kafka-bootstrap.kafka:9092");
        assertThat(settings.at("/spring/kafka/properties/schema.registry.url").asText())
                .isEqualTo("http://schema-registry.kafka:8081");
        assertThat(settings.at("/spring/kafka/properties/client.dns.lookup").asText())
                .isEqualTo("use_all_dns_ips");
        assertThat(settings.at("/logging/structured/format/console").asText()).isEqualTo("ecs");
    }

    @ParameterizedTest
    @EnumSource
    void aServiceKnowsTheDatabaseAndTheImageStoreOnlyIfItUsesThem(Component component) {
        JsonNode settings = settingsOf(component, Map.of());

        assertThat(settings.at("/pawline/database/url").isTextual())
                .isEqualTo(component.secrets().contains("pawline-database"));
        assertThat(settings.at("/pawline/image-store/s3/bucket").isTextual())
                .isEqualTo(component.secrets().contains("pawline-images"));
    }

    @ParameterizedTest
    @EnumSource
    void thePodOutlivesTheShutdownAndTheShutdownTheDrain(Component component) {
        Map<String, Object> values = Map.of(component.code() + ".drainSeconds", 100);
        JsonNode settings = settingsOf(component, values);

        assertThat(settings.at("/pawline/" + component.code() + "/stage/drain").asText())
                .isEqualTo(component.isStage() ? "100s" : "");
        assertThat(settings.at("/spring/lifecycle/timeout-per-shutdown-phase").asText())
                .isEqualTo("130s");
        assertThat(object(Deployment.class, component.code(), values)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getTerminationGracePeriodSeconds())
                .isEqualTo(165);
    }

    @ParameterizedTest
    @EnumSource
    void metricsSayWhoseTheyAreWhereverTheyAreScrapedFrom(Component component) {
        assertThat(settingsOf(component, Map.of())
                        .at("/management/metrics/tags/release")
                        .asText())
                .isEqualTo("pets/spring");
    }

    @ParameterizedTest
    @EnumSource
    void aServiceWithADatabaseLeavesItsTablesToTheSetupIfThereIsOne(Component component) {
        assertThat(settingsOf(component, Map.of())
                        .at("/pawline/database/migrate")
                        .asText())
                .isEqualTo(component.secrets().contains("pawline-database") ? "false" : "");
        assertThat(settingsOf(component, Map.of("setup.enabled", false))
                        .at("/pawline/database/migrate")
                        .asText())
                .isEqualTo(component.secrets().contains("pawline-database") ? "true" : "");
    }

    @ParameterizedTest
    @EnumSource
    void aServiceWithADatabaseHasTheConnectionsThatItsValuesSay(Component component) {
        JsonNode settings = settingsOf(
                component,
                Map.of(
                        "defaults.databaseConnections.writes",
                        3,
                        component.code() + ".databaseConnections.reads",
                        12,
                        component.code() + ".databaseConnections.reports",
                        1));

        if (component.secrets().contains("pawline-database")) {
            assertThat(settings.at("/pawline/database/pool-size").asInt()).isEqualTo(3);
            assertThat(settings.at("/pawline/database/read-pool-size").asInt()).isEqualTo(12);
            assertThat(settings.at("/pawline/database/report-pool-size").asInt())
                    .isEqualTo(1);
        } else {
            assertThat(settings.at("/pawline/database").isMissingNode()).isTrue();
        }
    }

    @Test
    void baseUrlsOfProvidersGoToTheServicesThatCallThem() {
        Map<String, Object> values =
                Map.of("ark.baseUrl", "http://simulator/ark", "visual.baseUrl", "http://simulator/visual");

        assertThat(settingsOf(Component.DETECT, values)
                        .at("/pawline/ark/base-url")
                        .asText())
                .isEqualTo("http://simulator/ark");
        assertThat(settingsOf(Component.MATTING, values)
                        .at("/pawline/matting/base-url")
                        .asText())
                .isEqualTo("http://simulator/visual");
        assertThat(settingsOf(Component.MATTING, values)
                        .at("/pawline/matting/stage/drain")
                        .asText())
                .isEqualTo("75s");
        assertThat(settingsOf(Component.FINALIZE, values).at("/pawline").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("finalize", "image-store");
    }

    @Test
    void anySettingOfAServiceCanBeGivenAndTheComponentsOwnWins() {
        Map<String, Object> values = Map.of(
                "settings.logging.level.root", "debug",
                "detect.settings.logging.level.root", "warn",
                "detect.settings.pawline.detect.stage.call-cost", 500);

        assertThat(settingsOf(Component.GENERATE, values)
                        .at("/logging/level/root")
                        .asText())
                .isEqualTo("debug");
        assertThat(settingsOf(Component.DETECT, values)
                        .at("/logging/level/root")
                        .asText())
                .isEqualTo("warn");
        assertThat(settingsOf(Component.DETECT, values)
                        .at("/pawline/detect/stage/call-cost")
                        .asInt())
                .isEqualTo(500);
        assertThat(settingsOf(Component.DETECT, values)
                        .at("/pawline/detect/stage/drain")
                        .asText())
                .isEqualTo("75s");
    }

    private static JsonNode settingsOf(Component component, Map<String, Object> values) {
        String yaml =
                object(ConfigMap.class, component.code(), values).getData().get("settings.yaml");
        try {
            return new ObjectMapper(new YAMLFactory()).readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
