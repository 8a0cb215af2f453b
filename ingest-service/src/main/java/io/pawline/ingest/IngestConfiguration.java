package io.pawline.ingest;

import io.pawline.controls.ControlPublisher;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.ingest.access.ApiClientAccess;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.cancel.ControlTopic;
import io.pawline.ingest.cancel.TaskCancel;
import io.pawline.ingest.follow.StoredTasks;
import io.pawline.ingest.follow.TaskSubscriptions;
import io.pawline.ingest.http.BodyDeadline;
import io.pawline.ingest.http.HeaderDeadline;
import io.pawline.ingest.pressure.Backpressure;
import io.pawline.ingest.progress.ProgressListener;
import io.pawline.ingest.relay.OutboxRelay;
import io.pawline.ingest.relay.TaskAcceptedPublisher;
import io.pawline.ingest.submit.TaskIntake;
import io.pawline.outbound.OutboundProperties;
import io.pawline.service.DatabaseHealth;
import io.pawline.service.EventFormats;
import io.pawline.service.EventListenerConfiguration;
import io.pawline.service.InstanceProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.KeyRing;
import io.pawline.taskstore.OpenTasks;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.SubmissionStore;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskListing;
import io.pawline.taskstore.TaskVersions;
import io.pawline.taskstore.UndeliveredCallbacks;
import io.pawline.web.ContractController;
import jakarta.servlet.MultipartConfigElement;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.core.KafkaTemplate;

/** How ingest-service is put together. */
@Configuration(proxyBeanMethods = false)
@Import(EventListenerConfiguration.class)
@EnableConfigurationProperties({
    IngestProperties.class,
    DatabaseProperties.class,
    ImageStoreProperties.class,
    OutboundProperties.class,
    InstanceProperties.class
})
class IngestConfiguration {

    // Room for the form's other fields and the headers of its parts.
    private static final long FORM_OVERHEAD_BYTES = 64 * 1024;
    private static final int UPLOAD_MEMORY_BYTES = 256 * 1024;

    /** How much of a body that was refused is read on, so that the client gets to see the answer. */
    private static final long MOST_READ_OF_REFUSED_BYTES = 32 * 1024 * 1024;

    /** Connections that wait to be accepted; Linux takes 4096 at most. */
    private static final int MOST_NOT_YET_ACCEPTED = 4096;

    /** After it, others get the partitions of a process that does not come back. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    @Bean
    ContractController contract() {
        return new ContractController("/openapi.yaml");
    }

    @Bean
    TaskDatabase taskDatabase(DatabaseProperties properties) {
        return TaskDatabase.open(properties);
    }

    @Bean
    TaskDao taskDao(TaskDatabase database) {
        return new TaskDao(database);
    }

    @Bean
    ProgressDao progressDao(TaskDatabase database) {
        return new ProgressDao(database);
    }

    @Bean
    ImageStore imageStore(ImageStoreProperties properties) {
        return ImageStores.open(properties);
    }

    @Bean
    OutboxRelay outboxRelay(
            TaskDatabase database,
            KafkaTemplate<String, SpecificRecord> kafka,
            IngestProperties settings,
            Clock clock) {
        return new OutboxRelay(new Outbox(database, clock), new TaskAcceptedPublisher(kafka), settings.relay());
    }

    @Bean
    ControlPublisher controls(KafkaProperties kafka, Clock clock) {
        return new ControlPublisher(
                kafka.buildAdminProperties(), EventFormats.of(kafka).serializer(), clock);
    }

    @Bean
    TaskCancel taskCancel(TaskDatabase database, ControlPublisher controlPublisher, Clock clock) {
        return new TaskCancel(new Cancellations(database), new ControlTopic(controlPublisher), clock);
    }

    @Bean
    Periodic untoldCancellations(TaskCancel cancel) {
        return Periodic.start("untold-cancellations", Duration.ofSeconds(1), cancel::tellAll);
    }

    @Bean
    Periodic outlivedCancellations(TaskCancel cancel) {
        return Periodic.start("outlived-cancellations", Duration.ofMinutes(1), cancel::takeBackAll);
    }

    @Bean
    TaskSubscriptions waits(TaskDatabase database, TaskDao tasks, ProgressDao progress, IngestProperties settings) {
        return new TaskSubscriptions(
                new StoredTasks(new TaskVersions(database), tasks, progress),
                settings.follow().mostWaits(Runtime.getRuntime().maxMemory()));
    }

    @Bean
    Periodic lookAfterWaits(TaskSubscriptions taskSubscriptions, IngestProperties settings) {
        return Periodic.start("waits", settings.follow().lookEvery(), taskSubscriptions::look);
    }

    @Bean
    Periodic heartbeats(TaskSubscriptions taskSubscriptions, IngestProperties settings) {
        return Periodic.start("heartbeats", settings.follow().heartbeat(), taskSubscriptions::beat);
    }

    @Bean
    TaskListing taskListing(TaskDatabase database) {
        return new TaskListing(database);
    }

    @Bean
    UndeliveredCallbacks undelivered(TaskDatabase database) {
        return new UndeliveredCallbacks(database);
    }

    @Bean
    SubmissionStore acceptances(TaskDatabase database) {
        return new SubmissionStore(database);
    }

    @Bean
    Periodic lapsedKeys(SubmissionStore submissionStore, IngestProperties settings, Clock clock) {
        return Periodic.start(
                "lapsed-keys",
                Duration.ofMinutes(10),
                () -> submissionStore.forget(clock.instant().minus(settings.idempotencyWindow())));
    }

    @Bean
    Backpressure backpressure(TaskDatabase database, IngestProperties settings, Clock clock) {
        OpenTasks tasks = new OpenTasks(database);
        return new Backpressure(tasks::count, tasks::workedOffSince, settings.backlog(), clock, new SecureRandom());
    }

    @Bean
    Periodic lookAtBacklog(Backpressure backpressure) {
        return Periodic.start("backlog", Duration.ofSeconds(1), backpressure::look);
    }

    @Bean
    ApiClientAccess access(TaskDatabase database, IngestProperties settings, Clock clock) {
        return new ApiClientAccess(
                new KeyRing(new ApiKeys(database), clock), settings.access().tasksPerMinute());
    }

    @Bean
    Quotas quotas() {
        return new Quotas();
    }

    @Bean
    TaskIntake taskIntake(
            SubmissionStore submissionStore,
            Backpressure backpressure,
            ImageStore images,
            Quotas quotas,
            IngestProperties settings,
            OutboundProperties outbound,
            Clock clock,
            OutboxRelay relay) {
        return new TaskIntake(submissionStore, backpressure, images, quotas, settings, outbound, clock, relay::nudge);
    }

    @Bean
    ProgressListener progressListener(ProgressDao progress, Deserializer<?> eventDeserializer) {
        return new ProgressListener(progress, eventDeserializer);
    }

    /**
     * As in the stages: a process that was killed and comes back goes on at once, and not when its predecessor's session is
     * over. The broker's own group protocol has no such members.
     */
    @Bean
    DefaultKafkaConsumerFactoryCustomizer staticMembership(InstanceProperties instance) {
        return consumers -> {
            Object protocol = consumers.getConfigurationProperties().get(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
            if (!"consumer".equalsIgnoreCase(String.valueOf(protocol))) {
                consumers.updateConfigs(Map.of(
                        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                        instance.instanceId(),
                        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                        (int) SESSION_TIMEOUT.toMillis()));
            }
        };
    }

    @Bean
    HealthIndicator taskDatabaseHealth(TaskDatabase database) {
        return new DatabaseHealth(database::answers);
    }

    /** Spring's own settings for uploads, derived from the one cap on photos. */
    @Bean
    MultipartConfigElement uploadLimits(OutboundProperties outbound) {
        long image = outbound.maxImageSize().toBytes();
        return new MultipartConfigElement("", image, image + FORM_OVERHEAD_BYTES, UPLOAD_MEMORY_BYTES);
    }

    /** Jetty leaves it to Java, which has 50: of more that come in the same moment, the system resets some. */
    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> clientsAllAtOnce() {
        return jetty -> jetty.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
                if (connector instanceof ServerConnector port) {
                    port.setAcceptQueueSize(MOST_NOT_YET_ACCEPTED);
                }
            }
        });
    }

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> slowClients(IngestProperties settings) {
        return jetty -> jetty.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
                server.addBean(new HeaderDeadline(connector, settings.maxSendTime()));
            }
            server.insertHandler(new BodyDeadline(settings.maxSendTime(), MOST_READ_OF_REFUSED_BYTES));
        });
    }
}
