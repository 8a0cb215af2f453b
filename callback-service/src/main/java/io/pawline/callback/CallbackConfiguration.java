package io.pawline.callback;

import io.pawline.events.TaskFinished;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.schemas.Stage;
import io.pawline.stage.Handler;
import io.pawline.stage.StageSpec;
import io.pawline.stage.provider.ProviderPolicies;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How callback-service is put together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    CallbackProperties.class,
    DatabaseProperties.class,
    ImageStoreProperties.class,
    OutboundProperties.class
})
class CallbackConfiguration {

    /** Many receivers under one name: what one of them answers limits no call to the others. */
    private static final ProviderPolicies FRONT_END = new ProviderPolicies("front-end", false, Optional.empty(), 0, 0);

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    TaskDatabase taskDatabase(DatabaseProperties properties) {
        return TaskDatabase.open(properties);
    }

    @Bean
    ImageStore imageStore(ImageStoreProperties properties) {
        return ImageStores.open(properties);
    }

    @Bean
    HealthIndicator taskDatabaseHealth(TaskDatabase database) {
        return () -> database.answers() ? Health.up().build() : Health.down().build();
    }

    @Bean
    StageSpec<TaskFinished> stage(CallbackProperties properties) {
        return new StageSpec<>(
                Stage.CALLBACK,
                TaskFinished.class,
                TaskFinished::getContext,
                properties.stage().policies(),
                Optional.of(FRONT_END));
    }

    @Bean
    Handler<TaskFinished> handler(
            TaskDatabase database,
            ImageStore images,
            OutboundProperties outbound,
            CallbackProperties properties,
            Clock clock) {
        WebhookClient webhooks = new WebhookClient(OutboundHttp.guarded(outbound), properties, clock);
        return new CallbackHandler(new TaskDao(database), images, webhooks, clock);
    }
}
