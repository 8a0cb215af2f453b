package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.alerts.Alert;
import io.pawline.ops.live.AlertProperties;
import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The alerts of ops-service and the chart's rules for Prometheus say the same at the same thresholds. */
class AlertDefinitionsTest {

    private static final Path CHART = ProjectFiles.root().resolve("helm/pawline");

    private final Map<String, JsonNode> rules = yaml("alerts.yaml")
            .at("/groups/0/rules")
            .valueStream()
            .collect(Collectors.toMap(rule -> rule.path("alert").asString(""), rule -> rule));

    private final JsonNode thresholds = yaml("values.yaml").at("/monitoring/alerts/thresholds");

    private final AlertProperties settings = new Binder(new MapConfigurationPropertySource(Map.of()))
            .bindOrCreate("pawline.ops.alerts", AlertProperties.class);

    @ParameterizedTest
    @EnumSource(Alert.class)
    void anAlertHasTheSeverityAndTheWordsOfItsRule(Alert alert) {
        JsonNode rule = rules.get(alert.rule());
        assertThat(rule).as(alert.rule()).isNotNull();

        assertThat(rule.at("/labels/severity").asString())
                .isEqualTo(alert.severity().code());
        assertThat(rule.at("/annotations/description").asString()).isEqualTo(alert.means("en"));
        assertThat(rule.at("/annotations/description_zh").asString()).isEqualTo(alert.means("zh"));
        assertThat(alert.title("en")).isNotBlank();
        assertThat(alert.title("zh")).isNotBlank().isNotEqualTo(alert.title("en"));
        assertThat(ProjectFiles.document("operator/runbooks/" + alert.page() + ".md"))
                .content()
                .startsWith("# " + alert.rule() + "\n");
    }

    @Test
    void everyRuleIsInBothLanguages() {
        assertThat(rules.values()).hasSizeGreaterThan(20).allSatisfy(rule -> {
            JsonNode words = rule.path("annotations");
            assertThat(words.path("summary_zh").asString(""))
                    .as(rule.toString())
                    .containsPattern("\\p{IsHan}");
            assertThat(words.path("description_zh").asString(""))
                    .as(rule.toString())
                    .containsPattern("\\p{IsHan}");
        });
    }

    @Test
    void theThresholdsOfTheChartAreTheDefaultsOfOpsService() {
        assertThat(thresholds.path("unclassifiedPercent").asDouble()).isEqualTo(settings.unclassifiedPercent());
        assertThat(thresholds.path("amplification").asDouble()).isEqualTo(settings.amplification());
        assertThat(thresholds.path("undelivered").asLong()).isEqualTo(settings.undelivered());
        assertThat(thresholds.path("breakerOpenSeconds").asLong())
                .isEqualTo(settings.breakerOpen().toSeconds());
        assertThat(thresholds.path("stageGoneSeconds").asLong())
                .isEqualTo(settings.stageGone().toSeconds());
        assertThat(thresholds.path("behindSeconds").asLong())
                .isEqualTo(settings.behind().toSeconds());
        assertThat(thresholds.path("kafkaDiskPercent").asDouble()).isEqualTo(settings.kafkaDiskPercent());
        assertThat(thresholds.path("certificateDays").asLong()).isEqualTo(settings.certificateDays());
        assertThat(thresholds.path("costPerHour").asLong()).isZero();
        assertThat(settings.costPerHour()).isNull();
    }

    @Test
    void eachThresholdIsInTheRuleThatItIsNamedAfter() {
        Map<String, String> places = Map.of(
                "PawlineUnclassified", "$UNCLASSIFIED_PERCENT",
                "PawlineAmplification", "$AMPLIFICATION",
                "PawlineUndelivered", "$UNDELIVERED",
                "PawlineBreakerOpen", "$BREAKER_OPEN_SECONDS",
                "PawlineStageGone", "$STAGE_GONE_SECONDS",
                "PawlineOpsBehind", "$BEHIND_SECONDS",
                "PawlineKafkaDisk", "$KAFKA_DISK_PERCENT",
                "PawlineCertificate", "$CERTIFICATE_DAYS",
                "PawlineCostPerHour", "$COST_PER_HOUR");

        assertThat(places).hasSize(thresholds.size());
        places.forEach((name, place) -> {
            JsonNode rule = Objects.requireNonNull(rules.get(name), name);
            assertThat(rule.path("expr").asString() + rule.path("for").asString(""))
                    .as(name)
                    .contains(place);
        });
    }

    private static JsonNode yaml(String file) {
        try {
            return YAMLMapper.shared().readTree(Files.readString(CHART.resolve(file)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
