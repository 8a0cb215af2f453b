package io.pawline.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;

class SettingsCheckTest {

    @TempDir
    Path folder;

    @ConfigurationProperties("pawline.detect")
    record Detect(
            @DefaultValue("1") int maxTasks,
            @DefaultValue Stage stage,
            @DefaultValue Map<String, Tenant> tenants,
            @DefaultValue Map<String, BigDecimal> prices,
            @DefaultValue List<String> words) {}

    record Stage(@DefaultValue("5") int maxInFlight) {}

    record Tenant(@Nullable String photoDays) {}

    /** Another service's settings, of which this one reads some. */
    @ConfigurationProperties("pawline.callback")
    record Callback(@DefaultValue List<String> secrets) {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({Detect.class, Callback.class, TracingProperties.class, InstanceProperties.class})
    static class Service {}

    @ConfigurationProperties("pawline.matting")
    record MattingSettings(@DefaultValue("1") int maxTasks) {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(MattingSettings.class)
    static class Matting {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pawline.detect.max-tasks",
                "pawline.detect.maxTasks",
                "pawline.detect.max_tasks",
                "pawline.detect.stage.max-in-flight",
                "pawline.detect.tenants.shop.photo-days",
                "pawline.detect.tenants[my.shop].photo-days",
                "pawline.detect.prices.ark.vision",
                "pawline.detect.words",
                "pawline.detect.words[0]",
                "pawline.detect.port",
                "pawline.tracing.sample-ratio",
                "pawline.instance-id",
                // Others look after these
                "pawline.callback.secrets",
                "pawline.callback.stage.drain",
                "pawline.ops.retention.audit",
                "pawline.database.url",
                "pawline.image-store.folder",
                "pawline.imageStore.folder",
                "spring.kafka.bootstrap-server",
                "elsewhere"
            })
    void startsWithTheSettingsOfEveryService(String name) {
        start(List.of("--" + name + "=1"), Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "pawline.detect.maxx-tasks,             pawline.detect.max-tasks",
        "pawline.detect.max.tasks,              pawline.detect.max-tasks",
        "pawline.detect.stage.max-inflght,      pawline.detect.stage.max-in-flight",
        "pawline.detct.max-tasks,               pawline.detect.max-tasks",
        "pawline.detect.tenants.shop.fotodays,  pawline.detect.tenants.*.photo-days",
        "pawline.detect.word,                   pawline.detect.words",
        "pawline.detect.max-tasks.value,        pawline.detect.max-tasks",
        "pawline.tracing.sampleratio2,          pawline.tracing.sample-ratio",
        "pawline.instance,                      pawline.instance-id",
        "pawline.max-tasks,                     ",
    })
    void refusesASettingThatNothingReads(String name, String nearest) {
        UnknownSettingsException refused = refused(List.of("--" + name + "=1"), Map.of());

        assertThat(refused).hasMessageContaining(name).hasMessageContaining("commandLineArgs");
        if (nearest == null) {
            assertThat(refused).hasMessageNotContaining("did you mean");
        } else {
            assertThat(refused).hasMessageContaining("did you mean " + nearest + "?");
        }
    }

    @Test
    void namesEverySettingAndWhereItStands() throws IOException {
        Path settings = Files.writeString(folder.resolve("own.yaml"), """
                pawline:
                  detect:
                    max-task: secret-value
                    stage:
                      max-in-flight: 5
                      maximum: 7
                """);

        UnknownSettingsException refused =
                refused(List.of("--spring.config.additional-location=file:" + settings), Map.of());

        assertThat(refused)
                .hasMessageContaining(
                        "pawline.detect.max-task (", settings + "] - 3:15", "did you mean pawline.detect.max-tasks?")
                .hasMessageContaining("pawline.detect.stage.maximum")
                .hasMessageContaining(settings + "] - 3:15")
                .hasMessageNotContaining("secret-value");
        assertThat(inWords(refused).getDescription()).contains("pawline.detect.stage.maximum");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PAWLINE_DETECT_MAXTASKS",
                "PAWLINE_DETECT_MAX_TASKS",
                "PAWLINE_DETECT_STAGE_MAXINFLIGHT",
                "PAWLINE_DETECT_TENANTS_SHOP_PHOTODAYS",
                "PAWLINE_DETECT_WORDS_0",
                "PAWLINE_DETECT_PORT",
                "PAWLINE_CALLBACK_MASTERSECRETS",
                // Kubernetes sets these for services of these names
                "PAWLINE_DETECT_SERVICE_HOST",
                "PAWLINE_DETECT_SERVICE_PORT_HTTP",
                "PAWLINE_DETECT_PORT_8080_TCP_ADDR",
                // The command line reads these
                "PAWLINE_DETECT_APIKEY_FILE",
                "PAWLINE_KEY",
                "PAWLINE_KAFKA_CONFIG",
                "PAWLINE_OPS_URL",
                "PAWLINEX"
            })
    void startsWithTheVariablesOfOthers(String variable) {
        start(List.of(), Map.of(variable, "1"));
    }

    @ParameterizedTest
    @CsvSource({"PAWLINE_MATTINGMODEL_PLACES, true", "PAWLINE_MATTING_PLACES, false"})
    void leavesTheVariablesOfALongerGroupToIt(String variable, boolean started) {
        assertThat(catchThrowable(() -> start(Matting.class, "matting-service", List.of(), Map.of(variable, "1")))
                        == null)
                .isEqualTo(started);
    }

    @ParameterizedTest
    @CsvSource({
        "PAWLINE_DETECT_MAXXTASKS,         PAWLINE_DETECT_MAXTASKS",
        "PAWLINE_TRACING_ENDPOINTS,        PAWLINE_TRACING_ENDPOINT",
    })
    void refusesAVariableThatNothingReads(String variable, String nearest) {
        assertThat(refused(List.of(), Map.of(variable, "1")))
                .hasMessageContaining(variable + " (environment variable)")
                .hasMessageContaining("did you mean " + nearest + "?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "own.yaml       | a: 1\\nb: [secret      | line 2, column 1",
                "own.yaml       | a: 1\\n\\tb: secret    | line 2, column 1",
                "own.yaml       | a: 1\\na: secret       | line 2, column 1",
                "own.yml        | a: b: secret           | line 1, column 5",
                "own.yaml       | pawline.detect=secret  | no names with values",
                "own.yaml       | - secret               | no names with values",
                "own.properties | a=secret\\\\u00zz      | Malformed",
            })
    void namesTheFileAndTheLineThatCannotBeRead(String name, String text, String problem) throws IOException {
        Path settings = Files.write(
                folder.resolve(name),
                text.replace("\\n", "\n")
                        .replace("\\t", "\t")
                        .replace("\\\\", "\\")
                        .getBytes(StandardCharsets.UTF_8));

        UnreadableSettingsException refused = catchThrowableOfType(
                UnreadableSettingsException.class,
                () -> start(List.of("--spring.config.additional-location=file:" + settings), Map.of()));

        assertThat(inWords(refused).getDescription())
                .contains(settings.toString(), problem)
                .doesNotContain("secret");
    }

    private static UnknownSettingsException refused(List<String> arguments, Map<String, Object> variables) {
        UnknownSettingsException refused =
                catchThrowableOfType(UnknownSettingsException.class, () -> start(arguments, variables));
        assertThat(refused).isNotNull();
        return refused;
    }

    /** What Spring writes instead of the stack trace. */
    private static FailureAnalysis inWords(Throwable failure) {
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, (_, _, _) -> {
                    // Some need more than this test has
                })
                .stream()
                .filter(SettingsFailureAnalyzer.class::isInstance)
                .map(analyzer -> analyzer.analyze(new IllegalStateException(failure)))
                .findFirst()
                .orElseThrow();
    }

    private static void start(List<String> arguments, Map<String, Object> variables) {
        start(Service.class, "detect-service", arguments, variables);
    }

    private static void start(
            Class<?> configuration, String name, List<String> arguments, Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        SpringApplication service = ServiceApplication.of(configuration, name);
        service.setEnvironment(environment);
        service.setWebApplicationType(WebApplicationType.NONE);
        List<String> all = new ArrayList<>(arguments);
        all.add("--logging.level.root=off");
        service.run(all.toArray(String[]::new)).close();
    }
}
