package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.taskstore.TaskDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scrapes a running ops-service as Prometheus does. */
class OpsMetersIT {

    @Test
    void everyFigureOfAnAlertIsThereFromTheStart() {
        try (TestingOps ops = new TestingOps(TestingDatabase.create())) {
            List<String> figures = scraped(ops);
            assertThat(figures)
                    .anyMatch(line -> line.matches("pawline_ops_undelivered(\\{.*})? .+"))
                    .anyMatch(line -> line.matches("pawline_ops_cost_per_hour(\\{.*})? .+"))
                    .anyMatch(line -> line.matches("pawline_ops_database_up(\\{.*})? 1.0"));
            for (String reader : List.of("ledger", "dead_letters", "live_count", "live_tables")) {
                assertThat(figures)
                        .anyMatch(line -> line.startsWith("pawline_ops_behind_seconds{")
                                && line.contains("reader=\"" + reader + "\""));
            }

            ops.bean(TaskDatabase.class).close();
            assertThat(scraped(ops)).anyMatch(line -> line.matches("pawline_ops_database_up(\\{.*})? 0.0"));
        }
    }

    private static List<String> scraped(TestingOps ops) {
        return ops.get("/actuator/prometheus").body().lines().toList();
    }
}
