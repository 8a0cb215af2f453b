package io.pawline.e2e;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Collects the queries of the chart's alerts and dashboards, each by its place in the chart. */
final class MonitoringQueries {

    private static final Path CHART = ProjectFiles.root().resolve("helm/pawline");

    private MonitoringQueries() {}

    /** The query with a value for each of Grafana's variables. */
    static Map<String, String> panels(String release) throws IOException {
        Map<String, String> queries = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(CHART.resolve("dashboards"))) {
            for (Path file : files.sorted().toList()) {
                for (JsonNode panel : new JsonMapper().readTree(text(file)).path("panels")) {
                    for (JsonNode target : panel.path("targets")) {
                        String where = "%s: %s %s"
                                .formatted(
                                        file.getFileName(),
                                        panel.path("title").asString(""),
                                        target.path("refId").asString(""));
                        queries.put(where, filledIn(target.path("expr").asString(""), release));
                    }
                }
            }
        }
        return queries;
    }

    static Map<String, String> alerts(String release) {
        Map<String, String> queries = new LinkedHashMap<>();
        JsonNode groups =
                new YAMLMapper().readTree(text(CHART.resolve("alerts.yaml"))).path("groups");
        groups.forEach(group -> group.path("rules")
                .forEach(rule -> queries.put(
                        rule.path("alert").asString(""),
                        withThresholds(rule.path("expr").asString("")).replace("$RELEASE", release))));
        return queries;
    }

    /** The query with the chart's thresholds; the one without a default and this machine's disk are out of reach. */
    static String withThresholds(String query) {
        String filled = query.replace("$COST_PER_HOUR", "1e9").replace("$KAFKA_DISK_PERCENT", "100");
        JsonNode thresholds =
                new YAMLMapper().readTree(text(CHART.resolve("values.yaml"))).at("/monitoring/alerts/thresholds");
        for (Map.Entry<String, JsonNode> threshold : thresholds.properties()) {
            String name = threshold.getKey().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
            filled = filled.replace("$" + name, threshold.getValue().asString());
        }
        return filled;
    }

    /** The names of the metrics in the queries. */
    static Set<String> metrics(Iterable<String> queries) {
        Set<String> names = new TreeSet<>();
        for (String query : queries) {
            List<MatchResult> found =
                    Pattern.compile("(\\w+)\\{").matcher(query).results().toList();
            found.forEach(one -> names.add(one.group(1)));
        }
        return names;
    }

    private static String filledIn(String query, String release) {
        return query.replace("$release", release)
                .replace("$__rate_interval", "30s")
                .replace("$__range", "1h")
                .replaceAll("\\$price_\\w+", "0.2")
                .replaceAll("\\$\\w+", ".*");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
