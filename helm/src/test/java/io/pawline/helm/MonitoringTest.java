package io.pawline.helm;

import static io.pawline.helm.TestingChart.custom;
import static io.pawline.helm.TestingChart.objects;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.ProjectFiles;
import io.pawline.testkit.ToolCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks alerts and dashboards against the metrics of the documentation. The stage runtime's own tests check that list
 * against the code.
 */
class MonitoringTest {

    private static final Map<String, Object> ALL = Map.of(
            "monitoring.serviceMonitor.enabled", true,
            "monitoring.alerts.enabled", true,
            "monitoring.alerts.thresholds.costPerHour", 10,
            "monitoring.dashboards.enabled", true);

    private static final Path OPERATIONS = ProjectFiles.document("operator/monitoring.md");
    private static final Path RUNBOOKS = ProjectFiles.document("operator/runbooks");

    @TempDir
    Path folder;

    @Test
    void nothingOfItIsThereUnlessAskedFor() {
        assertThat(custom("ServiceMonitor", Map.of())).isEmpty();
        assertThat(custom("PrometheusRule", Map.of())).isEmpty();
        assertThat(objects(ConfigMap.class, Map.of())).hasSize(Component.values().length);
    }

    @Test
    void timesAreHistogramsOnlyIfAskedFor() throws IOException {
        for (Component component : Component.values()) {
            assertThat(settings(component, Map.of())
                            .at("/management/metrics/distribution")
                            .isMissingNode())
                    .isTrue();
            JsonNode buckets = settings(component, Map.of("monitoring.histograms", true))
                    .at("/management/metrics/distribution/slo");
            assertThat(buckets.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder(
                            "[pawline.stage.attempt]",
                            "[pawline.stage.time]",
                            "[pawline.stage.permits.wait]",
                            "[http.server.requests]");
            assertThat(buckets).allSatisfy(bounds -> assertThat(bounds.asText()).matches("(\\d+m?s,?)+"));
        }
    }

    private static JsonNode settings(Component component, Map<String, Object> values) throws IOException {
        return TestingChart.YAML.readTree(TestingChart.object(ConfigMap.class, component.code(), values)
                .getData()
                .get("settings.yaml"));
    }

    @Test
    void theMonitorSelectsTheServicesByTheirPort() {
        GenericKubernetesResource monitor = custom("ServiceMonitor", ALL).getFirst();
        Map<String, String> selected = monitor.get("spec", "selector", "matchLabels");

        assertThat(objects(Service.class, ALL)).allSatisfy(service -> {
            assertThat(service.getMetadata().getLabels()).containsAllEntriesOf(selected);
            assertThat(service.getSpec().getPorts().getFirst().getName())
                    .isEqualTo(monitor.<String>get("spec", "endpoints", 0, "port"));
        });
        assertThat(monitor.<String>get("spec", "endpoints", 0, "path")).isEqualTo("/actuator/prometheus");
    }

    @Test
    void everyQueryAsksForMetricsThatThereAre() throws IOException {
        Set<String> known = documented();

        queries()
                .forEach((where, query) -> assertThat(metricsIn(query))
                        .as("%s: %s", where, query)
                        .isNotEmpty()
                        .isSubsetOf(known));
    }

    @Test
    void everyQueryIsOfOneReleaseAndNamesStagesAndReasonsThatThereAre() throws IOException {
        queries().forEach((where, query) -> {
            assertThat(selectors(query)).as(where).allMatch(selector -> selector.startsWith("release="));
            assertThat(values(query, "stage"))
                    .as(where)
                    .allSatisfy(stage -> assertThat(Stage.ofCode(stage)).isPresent());
            assertThat(values(query, "reason"))
                    .as(where)
                    .allSatisfy(reason -> assertThat(Reason.ofCode(reason)).isPresent());
            assertThat(values(query, "outcome")).as(where).isSubsetOf("done", "retry", "rejected");
        });
    }

    @Test
    void everyAlertHasItsPageAndEveryPageItsAlert() throws IOException {
        Map<String, String> pages = alerts().stream()
                .collect(Collectors.toMap(
                        alert -> alert.at("/annotations/runbook_url")
                                .asText()
                                .replaceFirst("^docs/operator/runbooks/", ""),
                        alert -> alert.path("alert").asText()));

        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            assertThat(pages.keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            files.map(file -> file.getFileName().toString()).toList());
        }
        for (Map.Entry<String, String> page : pages.entrySet()) {
            assertThat(RUNBOOKS.resolve(page.getKey()))
                    .content()
                    .startsWith("# " + page.getValue() + "\n")
                    .contains("## What to do");
        }
    }

    @Test
    @NeedsTools(NeedsTools.Tool.PROMTOOL)
    void theAlertsFireWhenTheyAreMeantToAndNotElse() throws IOException, InterruptedException {
        Path rules = write("rules.json", ruleFile());
        Path tests = Path.of("src/test/resources/alerts/alerts.test.yaml");
        Path cases = write("cases.yaml", Files.readString(tests).replace("RULES", rules.toString()));

        promtool("check", "rules", rules.toString());
        promtool("test", "rules", cases.toString());
    }

    @Test
    @NeedsTools(NeedsTools.Tool.PROMTOOL)
    void prometheusUnderstandsEveryPanel() throws IOException, InterruptedException {
        var file = TestingChart.YAML.createObjectNode();
        var rules = file.putArray("groups").addObject().put("name", "panels").putArray("rules");
        panels().forEach((where, query) -> rules.addObject()
                .put("record", "panel")
                .put("expr", withoutVariables(query))
                .putObject("labels")
                .put("where", where));

        promtool("check", "rules", write("panels.json", file.toString()).toString());
    }

    private static String ruleFile() {
        return TestingChart.YAML
                .valueToTree(custom("PrometheusRule", ALL).getFirst().<Object>get("spec"))
                .toString();
    }

    private static List<JsonNode> alerts() {
        JsonNode rules = TestingChart.YAML.valueToTree(
                custom("PrometheusRule", ALL).getFirst().<Object>get("spec", "groups", 0, "rules"));
        return rules.valueStream().toList();
    }

    private static Map<String, String> queries() throws IOException {
        Map<String, String> queries = new LinkedHashMap<>(panels());
        alerts().forEach(alert ->
                queries.put(alert.path("alert").asText(), alert.path("expr").asText()));
        return queries;
    }

    private static Map<String, String> panels() throws IOException {
        Map<String, String> queries = new LinkedHashMap<>();
        for (ConfigMap dashboard : objects(ConfigMap.class, ALL)) {
            if (dashboard.getMetadata().getLabels().containsKey("grafana_dashboard")) {
                for (Map.Entry<String, String> file : dashboard.getData().entrySet()) {
                    for (JsonNode panel :
                            TestingChart.YAML.readTree(file.getValue()).path("panels")) {
                        panel.path("targets")
                                .forEach(target -> queries.put(
                                        file.getKey() + ": "
                                                + panel.path("title").asText() + " "
                                                + target.path("refId").asText(),
                                        target.path("expr").asText()));
                    }
                }
            }
        }
        assertThat(queries).hasSizeGreaterThan(30);
        return queries;
    }

    /** The query with values in the place of Grafana's variables. */
    private static String withoutVariables(String query) {
        return query.replace("$__rate_interval", "1m")
                .replace("$__range", "1h")
                .replaceAll("\\$price_\\w+", "0.2")
                .replaceAll("\\$\\w+", ".*");
    }

    /** The metrics in seconds that are no timers. */
    private static final Set<String> GAUGES_IN_SECONDS = Set.of(
            "pawline_certificate_expires_seconds",
            "pawline_ingest_partitions_ahead_seconds",
            "pawline_ingest_predicted_wait_seconds",
            "pawline_ops_behind_seconds");

    /** The series of the metrics. Each timer has several. */
    private static Set<String> documented() throws IOException {
        return Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                .matcher(Files.readString(OPERATIONS))
                .results()
                .map(row -> row.group(1))
                .flatMap(name -> name.endsWith("_seconds") && !GAUGES_IN_SECONDS.contains(name)
                        ? Stream.of("_count", "_sum", "_max").map(name::concat)
                        : Stream.of(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> metricsIn(String query) {
        return Pattern.compile("(\\w+)\\{")
                .matcher(query)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> selectors(String query) {
        return Pattern.compile("\\{([^}]*)}")
                .matcher(query)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static List<String> values(String query, String label) {
        return Pattern.compile("[{,]" + label + "(?:=|!=|=~|!~)\"([^\"$]*)\"")
                .matcher(query)
                .results()
                .flatMap(found -> Arrays.stream(found.group(1).split("\\|", -1)))
                .filter(value -> !value.isEmpty())
                .toList();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** Runs the program of Debian's package {@code prometheus}. */
    private void promtool(String... arguments) throws IOException, InterruptedException {
        Path program = ToolCondition.find(NeedsTools.Tool.PROMTOOL).orElseThrow();
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("promtool.txt");
        Process promtool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        int exit = promtool.waitFor();

        assertThat(exit).as(Files.readString(output)).isZero();
    }
}
