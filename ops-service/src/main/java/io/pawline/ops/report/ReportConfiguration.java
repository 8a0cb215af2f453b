package io.pawline.ops.report;

import io.pawline.ops.ledger.LedgerProperties;
import io.pawline.ops.live.AlertProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the report together. */
@Configuration(proxyBeanMethods = false)
class ReportConfiguration {

    @Bean
    Reports reports(TaskDatabase database, AlertProperties alerts, Clock clock) {
        return new Reports(database.reports(), alerts.amplification(), clock);
    }

    @Bean
    RollUps reportRollUps(TaskDatabase database, LedgerProperties ledger, Clock clock) {
        return new RollUps(database.reports(), ledger.ledgerRetention(), clock);
    }

    @Bean
    Periodic reportRollUpRounds(RollUps rollUps) {
        return Periodic.start("report-rollups", Duration.ofSeconds(30), () -> rollUps.makeDue(Duration.ofSeconds(20)));
    }
}
