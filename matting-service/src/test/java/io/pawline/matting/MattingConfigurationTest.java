package io.pawline.matting;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.images.ImageStore;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.visual.VisualSettings;
import io.pawline.schemas.Stage;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Handler;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.StageSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class MattingConfigurationTest {

    @TempDir
    Path folder;

    @Test
    void wiresTheStageFromTheKeysAlone() {
        complete().run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).hasSingleBean(Handler.class).hasSingleBean(ImageStore.class);
            StageSpec<?> spec = context.getBean(StageSpec.class);
            assertThat(spec.stage()).isEqualTo(Stage.MATTING);
            assertThat(spec.policies().maxInFlight()).isEqualTo(64);
            assertThat(spec.provider().orElseThrow().name()).isEqualTo("volcengine-visual");
            VisualSettings visual = context.getBean(MattingProperties.class).visual();
            assertThat(visual.baseUrl()).isEqualTo(HttpUrl.get("https://visual.volcengineapi.com"));
            assertThat(visual.region()).isEqualTo("cn-north-1");
            assertThat(visual.service()).isEqualTo("cv");
            assertThat(visual.credentials().sessionToken()).isEmpty();
            assertThat(visual.timeouts()).isEqualTo(new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(60)));
            assertThat(visual.answerLimit()).isEqualTo(DataLimit.ofMegabytes(40));
            assertThat(visual.model()).isEqualTo(new VisualSettings.Model("saliency_seg", 3, 2, List.of(-1, -1, -1)));
        });
    }

    @Test
    void takesEverySetting() {
        complete()
                .withPropertyValues(
                        "pawline.matting.base-url=http://localhost:9100/visual",
                        "pawline.matting.region=cn-beijing",
                        "pawline.matting.service=cv2",
                        "pawline.matting.session-token=the-token",
                        "pawline.matting.connect-timeout=1s",
                        "pawline.matting.call-timeout=20s",
                        "pawline.matting.max-answer-size=1MB",
                        "pawline.matting.req-key=other",
                        "pawline.matting.only-mask=1",
                        "pawline.matting.refine-mask=0",
                        "pawline.matting.rgb=255,255,255",
                        "pawline.matting.stage.max-in-flight=8")
                .run(context -> {
                    VisualSettings visual =
                            context.getBean(MattingProperties.class).visual();
                    assertThat(visual.baseUrl()).isEqualTo(HttpUrl.get("http://localhost:9100/visual"));
                    assertThat(visual.region()).isEqualTo("cn-beijing");
                    assertThat(visual.service()).isEqualTo("cv2");
                    assertThat(visual.credentials().accessKey()).isEqualTo("the-access-key");
                    assertThat(visual.credentials().secretKey()).isEqualTo("the-secret-key");
                    assertThat(visual.credentials().sessionToken()).hasValue("the-token");
                    assertThat(visual.timeouts())
                            .isEqualTo(new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(20)));
                    assertThat(visual.answerLimit()).isEqualTo(DataLimit.ofMegabytes(1));
                    assertThat(visual.model())
                            .isEqualTo(new VisualSettings.Model("other", 1, 0, List.of(255, 255, 255)));
                    assertThat(context.getBean(StageSpec.class).policies().maxInFlight())
                            .isEqualTo(8);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pawline.matting.access-key=        | pawline.matting.access-key is not set",
                "pawline.matting.secret-key=        | pawline.matting.secret-key is not set",
                "pawline.matting.secret-key=a b     | pawline.matting.secret-key holds characters that no key has",
                "pawline.matting.base-url=localhost | pawline.matting.base-url must be an absolute http or https address",
                "pawline.matting.rgb=1,2            | pawline.matting.rgb must be three numbers",
                "pawline.matting.call-timeout=0s    | pawline.matting.call-timeout must be > 0",
                "pawline.matting.fallbacks.b.format=pawline-matting | base-url must be an absolute http or https",
                "pawline.matting.fallbacks.b.base-url=http://b      | format",
                "pawline.matting.chain.spill-after=0s               | spill-after must be > 0"
            })
    void saysAtTheStartWhichSettingIsWrong(String setting, String message) {
        complete()
                .withPropertyValues(setting)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
    }

    @Test
    void callsFurtherProvidersInTheirOrder() {
        complete()
                .withPropertyValues(
                        "pawline.matting.chain.policy=prefer",
                        "pawline.matting.chain.spill-after=7s",
                        "pawline.matting.fallbacks.model.format=pawline-matting",
                        "pawline.matting.fallbacks.model.base-url=http://matting-model:8088",
                        "pawline.matting.fallbacks.other-account.order=1",
                        "pawline.matting.fallbacks.other-account.format=volcengine-visual",
                        "pawline.matting.fallbacks.other-account.base-url=https://visual.example",
                        "pawline.matting.fallbacks.other-account.access-key=another-access-key",
                        "pawline.matting.fallbacks.other-account.secret-key=another-secret-key",
                        "pawline.matting.fallbacks.other-account.call-timeout=20s",
                        "pawline.matting.fallbacks.other-account.limits.max-in-flight=9",
                        "pawline.matting.fallbacks.other-account.limits.call-cost=0.02")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    StageSpec<?> spec = context.getBean(StageSpec.class);
                    assertThat(spec.providers())
                            .extracting(ProviderPolicies::name)
                            .containsExactly("volcengine-visual", "other-account", "model");
                    assertThat(spec.fallbacks().policy()).isEqualTo(Fallbacks.Policy.PREFER);
                    assertThat(spec.fallbacks().spillAfter()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(spec.maxInFlight()).isEqualTo(64 + 9 + 64);
                    assertThat(spec.providers().get(1).callCostMicros()).isEqualTo(20_000);
                    MattingProperties properties = context.getBean(MattingProperties.class);
                    VisualSettings other = properties.visual(
                            properties.fallbacksInOrder().getFirst().getValue());
                    assertThat(other.baseUrl()).isEqualTo(HttpUrl.get("https://visual.example"));
                    assertThat(other.credentials().accessKey()).isEqualTo("another-access-key");
                    assertThat(other.timeouts().call()).isEqualTo(Duration.ofSeconds(20));
                    assertThat(properties.toString() + properties.fallbacks())
                            .doesNotContain("another-access-key", "another-secret-key");
                });
    }

    @Test
    void showsNoKey() {
        complete().run(context -> {
            MattingProperties properties = context.getBean(MattingProperties.class);
            assertThat(properties.toString() + properties.visual()).doesNotContain("the-access-key", "the-secret-key");
        });
    }

    private ApplicationContextRunner complete() {
        return new ApplicationContextRunner()
                .withUserConfiguration(MattingConfiguration.class)
                .withBean(Clock.class, Clock::systemUTC)
                .withBean(OpenTelemetry.class, OpenTelemetry::noop)
                .withBean(MemoryBudget.class, () -> MemoryBudget.ofHeap(0.5))
                .withPropertyValues(
                        "pawline.matting.access-key=the-access-key",
                        "pawline.matting.secret-key=the-secret-key",
                        "pawline.image-store.folder=" + folder,
                        "pawline.image-store.public-base-url=http://localhost:8080");
    }
}
