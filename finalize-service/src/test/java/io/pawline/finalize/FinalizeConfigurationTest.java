package io.pawline.finalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.finalize.FinalizeProperties.ThumbnailFormat;
import io.pawline.images.ImageStore;
import io.pawline.schemas.Stage;
import io.pawline.stage.Handler;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.StageSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class FinalizeConfigurationTest {

    @TempDir
    Path folder;

    @Test
    void wiresTheStageFromTheImageStoreAlone() {
        complete().run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).hasSingleBean(Handler.class).hasSingleBean(ImageStore.class);
            StageSpec<?> spec = context.getBean(StageSpec.class);
            assertThat(spec.stage()).isEqualTo(Stage.FINALIZE);
            assertThat(spec.provider()).isEmpty();
            FinalizeProperties properties = context.getBean(FinalizeProperties.class);
            assertThat(properties)
                    .isEqualTo(new FinalizeProperties(
                            64,
                            16_777_216,
                            0.005,
                            0.995,
                            List.of(256),
                            ThumbnailFormat.PNG,
                            85,
                            "cwebp",
                            4,
                            properties.stage()));
        });
    }

    @Test
    void takesEverySetting() {
        complete()
                .withPropertyValues(
                        "pawline.finalize.min-side=10",
                        "pawline.finalize.max-pixels=1000",
                        "pawline.finalize.min-visible=0.1",
                        "pawline.finalize.max-visible=0.9",
                        "pawline.finalize.thumbnail-sizes=128,512",
                        "pawline.finalize.thumbnail-format=webp",
                        "pawline.finalize.webp-quality=70",
                        "pawline.finalize.webp-program=true",
                        "pawline.finalize.max-decodes=2",
                        "pawline.finalize.stage.max-in-flight=8")
                .run(context -> {
                    FinalizeProperties properties = context.getBean(FinalizeProperties.class);
                    assertThat(properties)
                            .isEqualTo(new FinalizeProperties(
                                    10,
                                    1000,
                                    0.1,
                                    0.9,
                                    List.of(128, 512),
                                    ThumbnailFormat.WEBP,
                                    70,
                                    "true",
                                    2,
                                    properties.stage()));
                    assertThat(context.getBean(StageSpec.class).policies().maxInFlight())
                            .isEqualTo(8);
                });
    }

    @Test
    void saysAtTheStartThatTheProgramForWebpIsMissing() {
        complete()
                .withPropertyValues(
                        "pawline.finalize.thumbnail-format=webp", "pawline.finalize.webp-program=/nonexistent/cwebp")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseInstanceOf(IOException.class)
                        .hasStackTraceContaining("\"/nonexistent/cwebp\" cannot be run. Install cwebp"));
    }

    @Test
    void ignoresTheSettingsOfAProviderThatItDoesNotHave() {
        complete()
                .withPropertyValues(
                        "pawline.finalize.stage.breaker-calls=0",
                        "pawline.finalize.stage.calls-per-second=-1",
                        "pawline.finalize.stage.max-attempts=3")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(StageSpec.class)
                                    .policies()
                                    .retry()
                                    .maxAttempts())
                            .isEqualTo(3);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "min-side=0             | pawline.finalize.min-side must be > 0, was 0",
                "max-pixels=0           | pawline.finalize.max-pixels must be > 0, was 0",
                "min-visible=0.999      | pawline.finalize.min-visible and max-visible must be from 0 to 1",
                "max-visible=NaN        | pawline.finalize.min-visible and max-visible must be from 0 to 1",
                "thumbnail-sizes=       | pawline.finalize.thumbnail-sizes must be one or more different sizes",
                "thumbnail-sizes=64,64  | pawline.finalize.thumbnail-sizes must be one or more different sizes",
                "thumbnail-sizes=8      | pawline.finalize.thumbnail-sizes must be one or more different sizes",
                "webp-quality=101       | pawline.finalize.webp-quality must be 1 to 100, was 101",
                "max-decodes=0          | pawline.finalize.max-decodes must be > 0, was 0",
                "stage.max-attempts=0   | max-attempts must be > 0, was 0",
                "stage.retry-share=1    | retry-share must be between 0 and 1, was 1.0"
            })
    void saysAtTheStartWhichSettingIsWrong(String setting, String message) {
        complete()
                .withPropertyValues("pawline.finalize." + setting)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
    }

    private ApplicationContextRunner complete() {
        return new ApplicationContextRunner()
                .withUserConfiguration(FinalizeConfiguration.class)
                .withBean(Clock.class, Clock::systemUTC)
                .withBean(OpenTelemetry.class, OpenTelemetry::noop)
                .withBean(MemoryBudget.class, () -> MemoryBudget.ofHeap(0.5))
                .withPropertyValues(
                        "pawline.image-store.folder=" + folder,
                        "pawline.image-store.public-base-url=http://localhost:8080");
    }
}
