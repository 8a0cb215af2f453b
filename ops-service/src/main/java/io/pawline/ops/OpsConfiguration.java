package io.pawline.ops;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.controls.ControlStateReader;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskFinished;
import io.pawline.ops.access.AccessInterceptor;
import io.pawline.ops.access.OperatorAccess;
import io.pawline.ops.access.OperatorResolver;
import io.pawline.ops.deadletters.DeadLetterIndex;
import io.pawline.ops.deadletters.DeadLetterListener;
import io.pawline.ops.deadletters.DeadLetterQueries;
import io.pawline.ops.deadletters.EventJson;
import io.pawline.ops.ledger.AttemptListener;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.live.Alerts;
import io.pawline.ops.live.ConsumerLag;
import io.pawline.ops.live.Live;
import io.pawline.ops.live.LiveListener;
import io.pawline.ops.live.LiveQueries;
import io.pawline.ops.live.LiveStore;
import io.pawline.ops.live.LiveStreams;
import io.pawline.ops.replay.Audit;
import io.pawline.ops.replay.DeadLetterChanges;
import io.pawline.ops.replay.ReplayPublisher;
import io.pawline.ops.replay.ReplayReports;
import io.pawline.ops.replay.ReplayRunner;
import io.pawline.ops.replay.ReplayStore;
import io.pawline.ops.report.Reports;
import io.pawline.ops.report.Timelines;
import io.pawline.schemas.Stage;
import io.pawline.service.DatabaseHealth;
import io.pawline.service.EventFormats;
import io.pawline.service.EventListenerConfiguration;
import io.pawline.service.Periodic;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.KeyRing;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.web.ContractController;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** How ops-service is put together. */
@Configuration(proxyBeanMethods = false)
@Import(EventListenerConfiguration.class)
@EnableConfigurationProperties({OpsProperties.class, DatabaseProperties.class})
class OpsConfiguration {

    /** What each stage takes. */
    private static final Map<Stage, Class<? extends SpecificRecord>> EVENTS = Map.of(
            Stage.DETECT, TaskAccepted.class,
            Stage.GENERATE, PetDescribed.class,
            Stage.MATTING, ImageGenerated.class,
            Stage.FINALIZE, ImageCutOut.class,
            Stage.CALLBACK, TaskFinished.class);

    @Bean
    ContractController contract() {
        return new ContractController("/ops-openapi.yaml");
    }

    @Bean
    TaskDatabase taskDatabase(DatabaseProperties properties) {
        return TaskDatabase.open(properties, List.of("ops"));
    }

    @Bean
    HealthIndicator taskDatabaseHealth(TaskDatabase database) {
        return new DatabaseHealth(database::answers);
    }

    @Bean
    CallLedger callLedger(TaskDatabase database, OpsProperties properties, Clock clock) {
        return new CallLedger(database, properties.priceList(), properties.ledgerRetention(), clock);
    }

    @Bean
    AttemptListener attemptListener(CallLedger ledger, Deserializer<?> eventDeserializer) {
        return new AttemptListener(ledger, eventDeserializer);
    }

    @Bean
    Periodic ledgerRetention(CallLedger ledger) {
        return Periodic.start("ledger-retention", Duration.ofHours(1), ledger::dropOld);
    }

    @Bean
    LiveStreams liveStreams(KafkaProperties kafka, Deserializer<?> eventDeserializer, OpsProperties properties) {
        return new LiveStreams(kafka.buildAdminProperties(), eventDeserializer, properties.priceList());
    }

    @Bean
    Periodic liveCount(LiveStreams streams) {
        return Periodic.start("live-count", Duration.ofSeconds(1), streams::tend);
    }

    @Bean
    LiveStore liveStore(TaskDatabase database, OpsProperties properties, Clock clock) {
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
    Alerts alerts(TaskDatabase database, LiveQueries queries, OpsProperties properties, Clock clock) {
        return new Alerts(database, queries, properties.alerts(), clock);
    }

    /** So that it is known since when an alert fires, though nobody asks. */
    @Bean
    Periodic alertWatch(Alerts alerts) {
        return Periodic.start("alerts", Duration.ofSeconds(10), alerts::now);
    }

    @Bean
    ConsumerLag stageLags(KafkaProperties kafka) {
        return new ConsumerLag(kafka.buildAdminProperties());
    }

    @Bean(initMethod = "start")
    ControlStateReader controlBoard(KafkaProperties kafka, Deserializer<?> eventDeserializer, Clock clock) {
        return new ControlStateReader(kafka.buildAdminProperties(), eventDeserializer, clock);
    }

    @Bean
    Live live(LiveQueries queries, Alerts alerts, ConsumerLag lags, ControlStateReader board, Clock clock) {
        return new Live(queries, alerts, lags, board, clock);
    }

    @Bean
    Reports reports(TaskDatabase database, OpsProperties properties, Clock clock) {
        return new Reports(database, properties.alerts().amplification(), clock);
    }

    @Bean
    Timelines timelines(TaskDatabase database) {
        return new Timelines(database);
    }

    @Bean
    DeadLetterIndex letterIndex(TaskDatabase database) {
        return new DeadLetterIndex(database);
    }

    @Bean
    DeadLetterListener deadLetterListener(DeadLetterIndex index, Deserializer<?> eventDeserializer) {
        return new DeadLetterListener(index, eventDeserializer);
    }

    @Bean
    DeadLetterQueries letterQueries(TaskDatabase database) {
        return new DeadLetterQueries(database);
    }

    @Bean
    EventJson eventJson(Deserializer<?> eventDeserializer, KafkaProperties kafka) {
        return new EventJson(eventDeserializer, EventFormats.of(kafka).serializer(), EVENTS);
    }

    @Bean
    ReplayStore replayStore(TaskDatabase database, OpsProperties properties, Clock clock) {
        return new ReplayStore(database, properties.replays(), clock);
    }

    @Bean
    ReplayReports replayReports(TaskDatabase database, OpsProperties properties, Clock clock) {
        return new ReplayReports(database, properties.replays(), properties.priceList(), clock);
    }

    @Bean
    DeadLetterChanges letterChanges(TaskDatabase database, Clock clock) {
        return new DeadLetterChanges(database, clock);
    }

    @Bean
    Audit audit(TaskDatabase database) {
        return new Audit(database);
    }

    @Bean
    ReplayRunner replayRunner(
            ReplayStore replays, Deserializer<?> eventDeserializer, KafkaProperties kafka, OpenTelemetry telemetry) {
        return new ReplayRunner(
                replays,
                replay -> new ReplayPublisher(
                        replay,
                        kafka.buildAdminProperties(),
                        EventFormats.of(kafka).serializer(),
                        eventDeserializer,
                        telemetry));
    }

    @Bean
    Periodic replays(ReplayRunner runner) {
        return Periodic.start("replays", Duration.ofMillis(50), runner::step);
    }

    @Bean
    Periodic replayOutcomes(ReplayStore replays) {
        return Periodic.start("replay-outcomes", Duration.ofSeconds(1), replays::settle);
    }

    @Bean
    TaskDao taskDao(TaskDatabase database) {
        return new TaskDao(database);
    }

    @Bean
    WebMvcConfigurer access(TaskDatabase database, OpsProperties properties, Clock clock) {
        OperatorAccess operatorAccess = properties.openAccess()
                ? OperatorAccess.open()
                : OperatorAccess.byKeys(new KeyRing(new ApiKeys(database), clock), properties.tenant());
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new AccessInterceptor(operatorAccess))
                        .addPathPatterns("/v1/**")
                        .excludePathPatterns("/v1/openapi.json", "/v1/openapi.yaml");
            }

            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new OperatorResolver());
            }
        };
    }
}
