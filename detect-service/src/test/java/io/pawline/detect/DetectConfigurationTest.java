package io.pawline.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.detect.DetectProperties.AnswerFormat;
import io.pawline.detect.DetectProperties.Fallback;
import io.pawline.outbound.ark.ArkProperties;
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

class DetectConfigurationTest {

    @TempDir
    private Path folder;

    @Test
    void makesTheStageFromItsSettings() {
        runner().withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.detect.model=m1",
                        "pawline.detect.prompt=p1",
                        "pawline.detect.answer-format=none",
                        "pawline.detect.detail=high",
                        "pawline.detect.thinking=",
                        "pawline.detect.max-tokens=7",
                        "pawline.detect.max-description-length=8",
                        "pawline.detect.connect-timeout=1s",
                        "pawline.detect.call-timeout=2s",
                        "pawline.detect.stage.max-in-flight=3")
                .run(context -> {
                    DetectProperties properties = context.getBean(DetectProperties.class);
                    assertThat(properties.model()).isEqualTo("m1");
                    assertThat(properties.prompt()).isEqualTo("p1");
                    assertThat(properties.answerFormat()).isEqualTo(AnswerFormat.NONE);
                    assertThat(properties.detail()).isEqualTo("high");
                    assertThat(properties.thinking()).isEmpty();
                    assertThat(properties.maxTokens()).isEqualTo(7);
                    assertThat(properties.maxDescriptionLength()).isEqualTo(8);
                    assertThat(properties.timeouts().connect()).isEqualTo(Duration.ofSeconds(1));
                    assertThat(properties.timeouts().call()).isEqualTo(Duration.ofSeconds(2));
                    StageSpec<?> spec = context.getBean(StageSpec.class);
                    assertThat(spec.stage()).isEqualTo(Stage.DETECT);
                    assertThat(spec.policies().maxInFlight()).isEqualTo(3);
                    assertThat(spec.provider().orElseThrow().name()).isEqualTo("ark-vision");
                    assertThat(context.getBean(Handler.class)).isInstanceOf(DetectHandler.class);
                });
    }

    @Test
    void callsFurtherProvidersWithModelsOfTheirOwn() {
        runner().withPropertyValues(
                        "pawline.ark.api-key=k1",
                        "pawline.detect.fallbacks.second.base-url=https://ark.example/api/v3",
                        "pawline.detect.fallbacks.second.api-key=k2",
                        "pawline.detect.fallbacks.second.model=doubao-seed-2-0-pro-260215",
                        "pawline.detect.fallbacks.second.call-timeout=7s",
                        "pawline.detect.fallbacks.second.limits.call-cost=0.3",
                        "pawline.detect.fallbacks.first.order=1",
                        "pawline.detect.fallbacks.first.model=doubao-seed-2-0-pro-260215")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    StageSpec<?> spec = context.getBean(StageSpec.class);
                    assertThat(spec.providers())
                            .extracting(ProviderPolicies::name)
                            .containsExactly("ark-vision", "first", "second");
                    assertThat(spec.providers().getLast().callCostMicros()).isEqualTo(300_000);
                    DetectProperties properties = context.getBean(DetectProperties.class);
                    ArkProperties ark = context.getBean(ArkProperties.class);
                    Fallback first = properties.fallbacksInOrder().getFirst().getValue();
                    Fallback second = properties.fallbacksInOrder().getLast().getValue();
                    assertThat(properties.of(second).model()).isEqualTo("doubao-seed-2-0-pro-260215");
                    assertThat(properties.of(second).timeouts().call()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(first.ark(ark)).isEqualTo(ark);
                    assertThat(second.ark(ark))
                            .isEqualTo(new ArkProperties(URI.create("https://ark.example/api/v3"), "k2"));
                    assertThat(properties.fallbacks().toString()).doesNotContain("k2");
                });
    }

    @Test
    void needsNoMoreThanTheKeyAndTheImageStore() {
        runner().withPropertyValues("pawline.ark.api-key=k1").run(context -> {
            DetectProperties properties = context.getBean(DetectProperties.class);
            assertThat(properties.answerFormat()).isEqualTo(AnswerFormat.SCHEMA);
            assertThat(properties.prompt()).contains("has_pet", "description").doesNotContain("\n");
        });
    }

    @Test
    void namesTheKeyIfItIsMissing() {
        runner().run(context ->
                assertThat(context).getFailure().rootCause().hasMessageContaining("pawline.ark.api-key"));
    }

    @ParameterizedTest
    @CsvSource({"model", "prompt", "detail", "max-tokens", "max-description-length"})
    void namesTheSettingThatMakesNoSense(String setting) {
        String value = setting.startsWith("max") ? "0" : "";
        runner().withPropertyValues("pawline.ark.api-key=k1", "pawline.detect." + setting + "=" + value)
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("pawline.detect." + setting));
    }

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withUserConfiguration(DetectConfiguration.class)
                .withBean(SimpleMeterRegistry.class)
                .withBean(Clock.class, Clock::systemUTC)
                .withBean(OpenTelemetry.class, OpenTelemetry::noop)
                .withBean(MemoryBudget.class, () -> MemoryBudget.ofHeap(0.5))
                .withPropertyValues(
                        "pawline.image-store.folder=" + folder,
                        "pawline.image-store.public-base-url=http://localhost:8080");
    }
}
