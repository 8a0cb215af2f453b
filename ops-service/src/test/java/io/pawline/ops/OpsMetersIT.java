package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.taskstore.TaskDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.ConsumerFactory;

/** Scrapes a running ops-service as Prometheus does, and looks at how its readers are known to the brokers. */
class OpsMetersIT {

    private static final String SESSION = "session.timeout.ms";
    private static final String HEARTBEAT = "heartbeat.interval.ms";

    @Test
    void everyFigureOfAnAlertIsThereFromTheStart() {
        try (TestingOps ops = new TestingOps(TestingDatabase.create())) {
            List<String> figures = scraped(ops);
            assertThat(figures)
                    .anyMatch(line -> line.matches("pawline_ops_undelivered(\\{.*})? .+"))
                    .anyMatch(line -> line.matches("pawline_ops_cost_per_hour(\\{.*})? .+"))
                    .anyMatch(line -> line.matches("pawline_ops_kafka_disk_percent(\\{.*})? .+"))
                    .anyMatch(line ->
                            line.startsWith("pawline_certificate_expires_seconds{") && line.contains("of=\"kafka_ca\""))
                    .anyMatch(line -> line.matches("pawline_ops_database_up(\\{.*})? 1.0"));
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(scraped(ops))
                            .as("the brokers say how full their disks are")
                            .anyMatch(line -> line.matches("pawline_ops_kafka_disk_percent(\\{.*})? [0-9.E]+")));
            for (String reader : List.of("ledger", "dead_letters", "live_count", "live_tables")) {
                assertThat(figures)
                        .anyMatch(line -> line.startsWith("pawline_ops_behind_seconds{")
                                && line.contains("reader=\"" + reader + "\""));
            }

            assertThat(takeOver(ops))
                    .as("how soon another process reads on after a kill")
                    .isLessThanOrEqualTo(Duration.ofSeconds(10));

            ops.bean(TaskDatabase.class).close();
            assertThat(scraped(ops)).anyMatch(line -> line.matches("pawline_ops_database_up(\\{.*})? 0.0"));
        }
    }

    private static List<String> scraped(TestingOps ops) {
        return ops.get("/actuator/prometheus").body().lines().toList();
    }

    /** The brokers give up a process after its session, and the others of a group notice that between two heartbeats. */
    private static Duration takeOver(TestingOps ops) {
        ConsumerFactory<?, ?> consumers = ops.bean(ConsumerFactory.class);
        Map<String, Object> settings = consumers.getConfigurationProperties();
        assertThat(settings).as("what all listeners have").containsKeys(SESSION, HEARTBEAT);
        return millis(settings, SESSION).plus(millis(settings, HEARTBEAT).multipliedBy(2));
    }

    private static Duration millis(Map<String, Object> settings, String name) {
        return Duration.ofMillis(Long.parseLong(String.valueOf(settings.get(name))));
    }
}
