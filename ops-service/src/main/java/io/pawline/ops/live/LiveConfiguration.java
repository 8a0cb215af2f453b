package io.pawline.ops.live;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pawline.controls.ControlStateReader;
import io.pawline.controls.FleetStateReader;
import io.pawline.ops.alerts.AlertJournal;
import io.pawline.ops.ledger.LedgerProperties;
import io.pawline.ops.live.ReaderDelays.Reader;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.service.Certificates;
import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts together the live count, its tables, the alerts and the live view. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AlertProperties.class)
class LiveConfiguration {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** The consumer groups of this service. */
    private static final List<Reader> READERS = List.of(
            new Reader("ledger", Topics.LEDGER_GROUP, List.of(Topics.ATTEMPTS)),
            new Reader(
                    "dead_letters",
                    Topics.DEAD_LETTERS_GROUP,
                    Arrays.stream(Stage.values()).map(Stage::deadLetterTopic).toList()),
            new Reader(Live.LIVE_COUNT, Topics.LIVE_COUNT, List.of(Topics.ATTEMPTS, Stage.CALLBACK.workTopic())),
            new Reader(Live.LIVE_TABLES, Topics.LIVE_TABLES_GROUP, List.of(Topics.LIVE)));

    @Bean
    LiveStreams liveStreams(KafkaProperties kafka, Deserializer<?> eventDeserializer, LedgerProperties properties) {
        return new LiveStreams(kafka.buildAdminProperties(), eventDeserializer, properties.priceList());
    }

    @Bean
    Periodic liveCount(LiveStreams streams) {
        return Periodic.start("live-count", Duration.ofSeconds(1), streams::tend);
    }

    @Bean
    LiveStore liveStore(TaskDatabase database, LedgerProperties properties, Clock clock) {
        return new LiveStore(database, properties.ledgerRetention(), clock);
    }

    @Bean
    LiveListener liveListener(LiveStore store) {
        return new LiveListener(store);
    }

    @Bean
    Periodic liveRetention(LiveStore store) {
        return Periodic.start("live-retention", Duration.ofHours(1), store::dropOld);
    }

    @Bean
    LiveQueries liveQueries(TaskDatabase database) {
        return new LiveQueries(database);
    }

    @Bean
    Admin monitoringAdmin(KafkaProperties kafka) {
        Map<String, Object> settings = new HashMap<>(kafka.buildAdminProperties());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return Admin.create(settings);
    }

    @Bean
    ReaderDelays readerDelays(Admin monitoringAdmin, KafkaProperties kafka, Clock clock) {
        return new ReaderDelays(READERS, new ReaderOffsets(monitoringAdmin, kafka.buildAdminProperties()), clock);
    }

    @Bean
    Periodic readerDelayWatch(ReaderDelays delays) {
        return Periodic.start("reader-delays", Duration.ofSeconds(5), delays::sample);
    }

    @Bean
    KafkaDisks kafkaDisks(Admin monitoringAdmin) {
        return new KafkaDisks(monitoringAdmin);
    }

    @Bean
    Periodic kafkaDiskWatch(KafkaDisks disks) {
        return Periodic.start("kafka-disks", Duration.ofSeconds(30), disks::sample);
    }

    @Bean
    Alerts.LiveProcesses liveProcesses(
            Admin monitoringAdmin, ReaderDelays delays, KafkaDisks disks, Certificates certificates, Clock clock) {
        return new KafkaProcesses(new StageMembers(monitoringAdmin, clock), delays, disks, certificates);
    }

    @Bean
    Alerts alerts(
            LiveQueries queries,
            Alerts.LiveProcesses processes,
            AlertJournal journal,
            AlertProperties settings,
            Clock clock) {
        return new Alerts(queries, processes, journal, settings, clock);
    }

    /** The figures of alerts that only ops-service can measure, for Prometheus. */
    @Bean
    MeterBinder alertMeters(Alerts alerts, ReaderDelays delays, KafkaDisks disks, TaskDatabase database) {
        return registry -> {
            Gauge.builder("pawline.ops.database.up", database, asked -> asked.answers() ? 1 : 0)
                    .description("Whether the task database answers ops-service")
                    .register(registry);
            Gauge.builder("pawline.ops.undelivered", alerts, Alerts::undelivered)
                    .description("Final states that their front ends do not know and somebody can do something about")
                    .register(registry);
            Gauge.builder("pawline.ops.cost.per.hour", alerts, Alerts::costPerHour)
                    .description("Cost of the calls of the last 60 minutes")
                    .register(registry);
            Gauge.builder("pawline.ops.canaries.stopped", alerts, Alerts::stoppedCanaries)
                    .description("New providers that were switched off because they were worse than the others")
                    .register(registry);
            Gauge.builder("pawline.ops.kafka.disk.percent", disks, LiveConfiguration::usedPercent)
                    .description("Used space of the fullest disk of the brokers, in percent")
                    .register(registry);
            READERS.forEach(reader -> Gauge.builder("pawline.ops.behind", delays, known -> seconds(known, reader))
                    .baseUnit("seconds")
                    .tag("reader", reader.name())
                    .description("How long ago what this reader has not read yet was written")
                    .register(registry));
        };
    }

    private static double usedPercent(KafkaDisks disks) {
        return disks.fullest().map(KafkaDisks.Disk::usedPercent).orElse(Double.NaN);
    }

    private static double seconds(ReaderDelays delays, Reader reader) {
        return delays.of(reader.name()).map(delay -> delay.toMillis() / 1_000.0).orElse(Double.NaN);
    }

    /** Looks at the alerts also when nobody asks, so that the time since which one fires is known. */
    @Bean
    Periodic alertWatch(Alerts alerts) {
        return Periodic.start("alerts", Duration.ofSeconds(10), alerts::now);
    }

    @Bean
    ConsumerLag consumerLag(KafkaProperties kafka) {
        return new ConsumerLag(kafka.buildAdminProperties());
    }

    @Bean(initMethod = "start")
    ControlStateReader controlStateReader(KafkaProperties kafka, Deserializer<?> eventDeserializer, Clock clock) {
        return new ControlStateReader(kafka.buildAdminProperties(), eventDeserializer, clock);
    }

    @Bean(initMethod = "start")
    FleetStateReader fleetStateReader(KafkaProperties kafka, Deserializer<?> eventDeserializer, Clock clock) {
        return new FleetStateReader(kafka.buildAdminProperties(), eventDeserializer, clock);
    }

    @Bean
    StageWait stageWait(Live live, FleetStateReader fleets) {
        return new StageWait(live, fleets);
    }

    @Bean
    Live live(
            LiveQueries queries,
            Alerts alerts,
            ConsumerLag lags,
            Alerts.LiveProcesses processes,
            ControlStateReader controls,
            FleetStateReader fleets,
            Clock clock) {
        return new Live(queries, alerts, lags, processes, controls, fleets, clock);
    }
}
