package io.pawline.callback;

import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.events.TaskFinished;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.webhook.WebhookClient;
import io.pawline.outbound.webhook.WebhookProperties;
import io.pawline.outbound.webhook.WebhookSecrets;
import io.pawline.schemas.Stage;
import io.pawline.service.DatabaseHealth;
import io.pawline.service.EventFormats;
import io.pawline.service.Periodic;
import io.pawline.stage.Handler;
import io.pawline.stage.StageSpec;
import io.pawline.taskstore.CallbackAttempts;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.OverdueTasks;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.UndeliveredCallbacks;
import io.pawline.taskstore.WebhookSecretCache;
import io.pawline.taskstore.WebhookSecretDao;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;

/** Puts callback-service together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    CallbackProperties.class,
    DatabaseProperties.class,
    ImageStoreProperties.class,
    OutboundProperties.class,
    WebhookProperties.class
})
class CallbackConfiguration {

    /** The name of all receivers together, in the ledger, in metrics and in live controls. */
    private static final String RECEIVERS = "front-end";

    @Bean
    TaskDatabase taskDatabase(DatabaseProperties properties) {
        return TaskDatabase.open(properties);
    }

    @Bean
    TaskDao taskDao(TaskDatabase database) {
        return new TaskDao(database);
    }

    @Bean
    ImageStore imageStore(ImageStoreProperties properties) {
        return ImageStores.open(properties);
    }

    @Bean
    HealthIndicator taskDatabaseHealth(TaskDatabase database) {
        return new DatabaseHealth(database::answers);
    }

    @Bean
    StageSpec<TaskFinished> stage(CallbackProperties properties) {
        return new StageSpec<>(
                Stage.CALLBACK,
                TaskFinished.class,
                TaskFinished::getContext,
                properties.stage().policies(properties.retrySchedule()),
                Optional.of(properties.stage().receivers(RECEIVERS)),
                true);
    }

    @Bean
    FinalStateListener finalStateListener(TaskDao tasks, KafkaProperties kafka) {
        return new FinalStateListener(
                tasks, EventFormats.of(kafka).deserializers().apply(TaskFinished.class));
    }

    @Bean
    Reconciler reconciler(
            TaskDatabase database,
            KafkaTemplate<String, SpecificRecord> kafka,
            CallbackProperties properties,
            Clock clock) {
        return new Reconciler(
                        new UndeliveredCallbacks(database),
                        new TaskFinishedPublisher(kafka),
                        properties.reconcileAfter(),
                        clock)
                .start(properties.reconcileEvery());
    }

    @Bean
    Reaper reaper(
            TaskDatabase database,
            KafkaTemplate<String, SpecificRecord> kafka,
            KafkaProperties connection,
            CallbackProperties properties,
            Clock clock,
            MeterRegistry metrics) {
        return new Reaper(
                new OverdueTasks(database, properties.reapAfter()),
                new OpenWork(connection.buildConsumerProperties()),
                new TaskFinishedPublisher(kafka),
                clock,
                metrics);
    }

    @Bean
    Periodic reaping(Reaper reaper, CallbackProperties properties) {
        return Periodic.start("reaper", properties.reapEvery(), () -> {
            try {
                reaper.reap();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Bean
    CallbackAttempts callbackAttempts(TaskDatabase database) {
        return new CallbackAttempts(database);
    }

    @Bean
    AttemptRecorder attemptRecorder(CallbackAttempts attempts, MeterRegistry meters, Clock clock) {
        return new AttemptRecorder(attempts::write, meters, clock, System::nanoTime);
    }

    @Bean
    Periodic callbackAttemptRetention(CallbackAttempts attempts, Clock clock) {
        return Periodic.start(
                "callback-attempt-retention", Duration.ofHours(1), () -> attempts.deleteOld(clock.instant()));
    }

    @Bean
    WebhookSecrets webhookSecrets(WebhookProperties properties) {
        WebhookSecrets secrets = properties.signingSecrets();
        secrets.requireSecretsForAllTenants();
        return secrets;
    }

    @Bean
    TenantSigners tenantSigners(WebhookSecrets secrets, TaskDatabase database, Clock clock) {
        return new TenantSigners(secrets, new WebhookSecretCache(new WebhookSecretDao(database)), clock);
    }

    @Bean
    Handler<TaskFinished> handler(
            TaskDao tasks,
            ImageStore images,
            OutboundProperties outbound,
            WebhookProperties properties,
            TenantSigners signers,
            AttemptRecorder attempts,
            Clock clock) {
        WebhookClient webhooks = new WebhookClient(OutboundHttp.guarded(outbound), properties, clock);
        return new CallbackHandler(tasks, images, signers, webhooks, attempts, clock);
    }
}
