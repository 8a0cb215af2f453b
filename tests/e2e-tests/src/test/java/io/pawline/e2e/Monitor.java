package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.ToolCondition;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs a real Prometheus that scrapes the services every second. */
final class Monitor implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final String address;
    private final ServiceProcess process;

    private Monitor(String address, ServiceProcess process) {
        this.address = address;
        this.process = process;
    }

    /** Starts Prometheus and waits until it has scraped each of these twice. */
    static Monitor of(List<String> targets, Path folder) throws IOException {
        Files.createDirectories(folder);
        String list = targets.stream().map(target -> "'" + target + "'").collect(Collectors.joining(", "));
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), """
                        global: {scrape_interval: 1s}
                        scrape_configs:
                          - job_name: pawline
                            metrics_path: /actuator/prometheus
                            static_configs: [{targets: [%s]}]
                        """.formatted(list));
        String listen = "127.0.0.1:" + Fleet.freePort();
        ServiceProcess process = ServiceProcess.start(
                folder.resolve("prometheus.log"),
                List.of(
                        ToolCondition.find(NeedsTools.Tool.PROMETHEUS)
                                .orElseThrow()
                                .toString(),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=" + listen));
        Monitor monitor = new Monitor("http://" + listen, process);
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() ->
                        monitor.series("count_over_time(up{job=\"pawline\"}[1m]) >= 3 and up == 1") == targets.size());
        return monitor;
    }

    /** The number of series that a query returns; fails if Prometheus does not understand the query. */
    int series(String query) {
        JsonNode answer = JSON.readTree(
                Fleet.get(address + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)));
        assertThat(answer.path("status").asString("")).as(query + ": " + answer).isEqualTo("success");
        return (int) StreamSupport.stream(answer.path("data").path("result").spliterator(), false)
                .count();
    }

    @Override
    public void close() {
        process.close();
    }
}
