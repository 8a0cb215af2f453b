package io.pawline.ops.replay;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.ops.ledger.LedgerProperties;
import io.pawline.service.EventFormats;
import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts replays together: forecasts, the runner that publishes them, and what is known of each. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReplayProperties.class)
class ReplayConfiguration {

    /** Two processes take turns of this length; if one dies, the other goes on within it. */
    private static final Duration STAND_BACK = Duration.ofSeconds(5);

    @Bean
    ReplayForecasts replayForecasts(
            TaskDatabase database, ReplayProperties properties, LedgerProperties ledger, Clock clock) {
        return new ReplayForecasts(database.reports(), properties.settings(), ledger.priceList(), clock);
    }

    @Bean
    ReplayReports replayReports(TaskDatabase database) {
        return new ReplayReports(database.reports());
    }

    @Bean
    ReplayActions replayActions(TaskDatabase database, Clock clock) {
        return new ReplayActions(database.reports(), clock);
    }

    @Bean
    ReplayStore replayStore(TaskDatabase database, ReplayProperties properties, Clock clock) {
        return new ReplayStore(database, properties.settings(), clock);
    }

    @Bean
    ReplayPlans replayPlans(TaskDatabase database, Clock clock) {
        return new ReplayPlans(database.reports(), clock);
    }

    @Bean
    ReplaySchedule replaySchedule(TaskDatabase database, Clock clock) {
        return new ReplaySchedule(database, clock);
    }

    @Bean
    ReplayEvents replayEvents(Deserializer<?> eventDeserializer, KafkaProperties kafka, OpenTelemetry telemetry) {
        return new ReplayEvents(EventFormats.of(kafka).serializer(), eventDeserializer, new ReplaySpans(telemetry));
    }

    @Bean
    ReplayRunner replayRunner(
            ReplayStore replays, ReplayEvents records, KafkaProperties kafka, ReplayProperties properties) {
        return new ReplayRunner(
                replays,
                records,
                () -> new ReplayPublisher(kafka.buildAdminProperties(), records),
                properties.replayPerSecond(),
                STAND_BACK);
    }

    @Bean
    Periodic replays(ReplayRunner runner) {
        return Periodic.start("replays", Duration.ofMillis(50), runner::step);
    }

    @Bean
    ReplaySettlement replaySettlement(TaskDatabase database) {
        return new ReplaySettlement(database);
    }

    @Bean
    Periodic replayOutcomes(ReplaySettlement settlement) {
        return Periodic.start("replay-outcomes", Duration.ofSeconds(1), settlement::settle);
    }

    @Bean
    Periodic replayStarts(ReplaySchedule schedule) {
        return Periodic.start("replay-starts", Duration.ofSeconds(1), schedule::step);
    }
}
