package io.pawline.stage.example;

import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.Stage;
import io.pawline.service.ServiceApplication;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import io.pawline.stage.StageSpec;
import io.pawline.stage.spring.StageProperties;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;

/** Is the stage that docs/contributor/writing-a-stage.md shows, from the first annotation on word for word. */
@SpringBootApplication
@EnableConfigurationProperties(CaptionApplication.CaptionProperties.class)
public class CaptionApplication {

    /** Makes the service, which does not run yet. */
    public static SpringApplication application() {
        return ServiceApplication.of(CaptionApplication.class, "caption-service");
    }

    @Bean
    StageSpec<TaskAccepted> stage(CaptionProperties properties) {
        return new StageSpec<>(
                Stage.DETECT,
                TaskAccepted.class,
                TaskAccepted::getContext,
                properties.stage().policies(),
                Optional.of(properties.stage().provider("captions")));
    }

    @Bean
    Handler<TaskAccepted> handler(CaptionClient captions) {
        return (task, attempt) -> switch (attempt.call(
                () -> captions.describe(task.getPhoto(), attempt.requestId(), attempt.deadline()))) {
            case Caption.Text text ->
                Outcome.done(Stage.GENERATE, new PetDescribed(task.getContext(), text.words(), null));
            case Caption.Missing missing -> Outcome.failed(missing.reason(), missing.detail());
        };
    }

    /** @param stage limits, retries, breaker */
    @ConfigurationProperties("pawline.caption")
    record CaptionProperties(
            @DefaultValue @NestedConfigurationProperty StageProperties stage) {}
}
