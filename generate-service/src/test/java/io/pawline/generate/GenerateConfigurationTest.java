package io.pawline.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.generate.GenerateProperties.Fallback;
import io.pawline.images.ImageStore;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.schemas.Stage;
import io.pawline.stage.Handler;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.StageSpec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class GenerateConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(GenerateConfiguration.class)
            .withBean(SimpleMeterRegistry.class)
            .withBean(Clock.class, Clock::systemUTC)
            .withBean(MemoryBudget.class, () -> new MemoryBudget(1 << 20))
            .withBean(OpenTelemetry.class, OpenTelemetry::noop);

    @Test
    void makesTheStageFromItsSettings() {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.generate.model=m1",
                        "pawline.generate.prompt-template={style} {description}",
                        "pawline.generate.size=512x512",
                        "pawline.generate.watermark=true",
                        "pawline.generate.guidance-scale=3.5",
                        "pawline.generate.seed=7",
                        "pawline.generate.connect-timeout=1s",
                        "pawline.generate.call-timeout=2s",
                        "pawline.generate.stage.max-in-flight=3")
                .run(context -> {
                    GenerateProperties properties = context.getBean(GenerateProperties.class);
                    assertThat(properties.model()).isEqualTo("m1");
                    assertThat(properties.promptTemplate()).isEqualTo("{style} {description}");
                    assertThat(properties.size()).isEqualTo("512x512");
                    assertThat(properties.watermark()).isTrue();
                    assertThat(properties.guidanceScale()).isEqualTo(3.5);
                    assertThat(properties.seed()).isEqualTo(7);
                    assertThat(properties.timeouts().connect()).isEqualTo(Duration.ofSeconds(1));
                    assertThat(properties.timeouts().call()).isEqualTo(Duration.ofSeconds(2));
                    StageSpec<?> spec = context.getBean(StageSpec.class);
                    assertThat(spec.stage()).isEqualTo(Stage.GENERATE);
                    assertThat(spec.policies().maxInFlight()).isEqualTo(3);
                    assertThat(spec.provider().orElseThrow().name()).isEqualTo("seedream");
                    assertThat(context.getBean(Handler.class)).isInstanceOf(GenerateHandler.class);
                });
    }

    @Test
    void aFurtherProviderMaySpeakTheOpenAiImagesApi(@TempDir Path folder) {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.image-store.folder=" + folder,
                        "pawline.image-store.public-base-url=https://pets.example",
                        "pawline.generate.fallbacks.gateway.format=openai-images",
                        "pawline.generate.fallbacks.gateway.base-url=https://gateway.example/v1",
                        "pawline.generate.fallbacks.gateway.api-key=k2",
                        "pawline.generate.fallbacks.gateway.model=gpt-image-2",
                        "pawline.generate.fallbacks.gateway.canary=0.05")
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(ImageStore.class);
                    GenerateProperties properties = context.getBean(GenerateProperties.class);
                    GenerateProperties gateway = properties.of(
                            properties.fallbacksInOrder().getFirst().getValue());
                    assertThat(gateway.size()).isEqualTo("1024x1024");
                    assertThat(gateway.api(context.getBean(ArkProperties.class)))
                            .isEqualTo(new ArkProperties(URI.create("https://gateway.example/v1"), "k2"));
                    assertThat(gateway.toString()).doesNotContain("k2");
                    assertThat(properties.chained().providers().getFirst().canary())
                            .isEqualTo(0.05);
                });
    }

    @Test
    void theFirstProviderMaySpeakTheOpenAiImagesApi(@TempDir Path folder) {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.image-store.folder=" + folder,
                        "pawline.image-store.public-base-url=https://pets.example",
                        "pawline.generate.format=openai-images",
                        "pawline.generate.base-url=https://gateway.example/v1",
                        "pawline.generate.model=gpt-image-1.5",
                        "pawline.generate.size=1536x1024")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    StageSpec<?> spec = context.getBean(StageSpec.class);
                    assertThat(spec.provider().orElseThrow().name()).isEqualTo("openai-images");
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pawline.generate.fallbacks.a.size=2K       | pawline.generate.size must be <width>x<height> or auto
            pawline.generate.fallbacks.a.size=99x99    | 99x99 is not taken by gpt-image-1.5
            pawline.generate.fallbacks.a.canary=0.3    | canary must be from 0 to 0.2, was 0.3
            """)
    void refusesWhatAnOpenAiModelCannotDo(String setting, String message, @TempDir Path folder) {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.image-store.folder=" + folder,
                        "pawline.image-store.public-base-url=https://pets.example",
                        "pawline.generate.fallbacks.a.format=openai-images",
                        "pawline.generate.fallbacks.a.model=gpt-image-1.5",
                        setting)
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining(message));
    }

    @Test
    void oneCanaryIsComparedAtATime() {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.generate.fallbacks.a.model=m1",
                        "pawline.generate.fallbacks.a.canary=0.05",
                        "pawline.generate.fallbacks.b.model=m2",
                        "pawline.generate.fallbacks.b.canary=0.05")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("one provider of a stage can be a canary at a time, were [a, b]"));
    }

    @Test
    void callsFurtherProvidersWithModelsOfTheirOwn() {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.generate.fallbacks.second.base-url=https://ark.example/api/v3",
                        "pawline.generate.fallbacks.second.api-key=k2",
                        "pawline.generate.fallbacks.second.model=doubao-seedream-4-5-251128",
                        "pawline.generate.fallbacks.second.call-timeout=7s",
                        "pawline.generate.fallbacks.second.limits.call-cost=0.3",
                        "pawline.generate.fallbacks.first.order=1",
                        "pawline.generate.fallbacks.first.model=doubao-seedream-4-5-251128")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    StageSpec<?> spec = context.getBean(StageSpec.class);
                    assertThat(spec.providers())
                            .extracting(ProviderPolicies::name)
                            .containsExactly("seedream", "first", "second");
                    assertThat(spec.providers().getLast().callCostMicros()).isEqualTo(300_000);
                    GenerateProperties properties = context.getBean(GenerateProperties.class);
                    ArkProperties ark = context.getBean(ArkProperties.class);
                    Fallback first = properties.fallbacksInOrder().getFirst().getValue();
                    Fallback second = properties.fallbacksInOrder().getLast().getValue();
                    assertThat(properties.of(second).model()).isEqualTo("doubao-seedream-4-5-251128");
                    assertThat(properties.of(second).timeouts().call()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(properties.of(first).api(ark)).isEqualTo(ark);
                    assertThat(properties.of(second).api(ark))
                            .isEqualTo(new ArkProperties(URI.create("https://ark.example/api/v3"), "k2"));
                    assertThat(properties.fallbacks().toString()).doesNotContain("k2");
                });
    }

    @Test
    void refusesAFallbackWhoseModelCannotDoWhatTheStageAsksFor() {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.generate.transparent=true",
                        "pawline.generate.fallbacks.second.model=doubao-seedream-4-5-251128")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("transparent"));
    }

    @Test
    void needsNoMoreThanTheKey() {
        runner.withPropertyValues("pawline.ark.api-key=k1").run(context -> {
            GenerateProperties properties = context.getBean(GenerateProperties.class);
            assertThat(properties.model()).isEqualTo("doubao-seedream-5-0-260128");
            assertThat(properties.size()).isEqualTo("2K");
            assertThat(properties.watermark()).isFalse();
            assertThat(properties.referencePhoto()).isFalse();
            assertThat(context).doesNotHaveBean(PhotoLoader.class).doesNotHaveBean(ImageStore.class);
            assertThat(context.getBean(GenerateHandler.class).prepares()).isFalse();
        });
    }

    @Test
    void loadsPhotosOnlyWhereTheyGoAlong(@TempDir Path folder) {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.generate.reference-photo=true",
                        "pawline.image-store.kind=folder",
                        "pawline.image-store.folder=" + folder,
                        "pawline.image-store.public-base-url=http://127.0.0.1:8080")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(PhotoLoader.class)
                        .hasSingleBean(ImageStore.class));
    }

    @Test
    void refusesATransparentBackgroundThatTheModelDoesNotMake() {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.generate.model=doubao-seedream-4-5-251128",
                        "pawline.generate.transparent=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("pawline.generate.transparent is not possible with"));
    }

    @Test
    void refusesAPhotoThatTheModelDoesNotTake(@TempDir Path folder) {
        runner.withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.image-store.folder=" + folder,
                        "pawline.image-store.public-base-url=http://127.0.0.1:8080",
                        "pawline.generate.model=doubao-seedream-3-0-t2i-250415",
                        "pawline.generate.size=512x512",
                        "pawline.generate.reference-photo=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("pawline.generate.reference-photo is not possible with"));
    }

    @Test
    void namesTheKeyIfItIsMissing() {
        runner.run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("pawline.ark.api-key"));
    }

    @ParameterizedTest
    @CsvSource({
        "model, ''",
        "prompt-template, a cat",
        "photo-prompt-template, a cat",
        "size, ''",
        "guidance-scale, 11",
        "guidance-scale, NaN",
        "seed, -2"
    })
    void namesTheSettingThatMakesNoSense(String setting, String value) {
        runner.withPropertyValues("pawline.ark.api-key=k1", "pawline.generate." + setting + "=" + value)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("pawline.generate." + setting));
    }
}
