package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncidentSettingsTest {

    private static final URI SIMULATOR = URI.create("http://127.0.0.1:1");

    private final IncidentDay day = new IncidentDay(4_926, 60);

    @TempDir
    private Path folder;

    @Test
    void dividesTheTimesOfTheWorldOutsideAndNoOthers() throws IOException {
        Properties pawline = written(IncidentSettings.ofPawline(day, SIMULATOR, Optional.empty()));

        assertThat(pawline)
                .containsEntry("pawline.generate.call-timeout", "1500ms")
                .containsEntry("pawline.matting.stage.breaker-pause", "83ms")
                .containsEntry("pawline.matting.stage.max-retry-time", "60000ms")
                .containsEntry("pawline.callback.stage.max-retry-time", "720000ms")
                .containsEntry("pawline.callback.retry-schedule", "83ms,500ms,2000ms,10000ms,30000ms,120000ms,360000ms")
                .containsEntry("pawline.ingest.default-deadline", "60000ms")
                .containsEntry("pawline.generate.connect-timeout", "83ms")
                .doesNotContainKeys("pawline.generate.stage.drain", "pawline.outbound.keep-alive");
    }

    @Test
    void saysNothingOfWhatTheProvidersCanHandle() throws IOException {
        assertThat(written(IncidentSettings.ofPawline(day, SIMULATOR, Optional.empty()))
                        .stringPropertyNames())
                .noneMatch(name -> name.endsWith("max-in-flight") || name.endsWith("calls-per-second"));
    }

    @Test
    void tellsPawlineOfTheSecondProviderOfAScenario() throws IOException {
        IncidentDay dead = new IncidentDay(4_926, 60, IncidentScenario.MATTING_DEAD);
        URI second = URI.create("http://127.0.0.1:2");

        assertThat(written(IncidentSettings.ofPawline(dead, SIMULATOR, Optional.of(second))))
                .containsEntry("pawline.matting.fallbacks.own-model.base-url", "http://127.0.0.1:2")
                .containsEntry("pawline.matting.fallbacks.own-model.limits.breaker-pause", "83ms")
                .containsEntry("pawline.matting.chain.spill-after", "333ms");
        assertThat(written(IncidentSettings.ofPawline(dead, SIMULATOR, Optional.empty()))
                        .stringPropertyNames())
                .noneMatch(name -> name.contains("fallbacks"));
    }

    @Test
    void everyScenarioHasItsProfiles() {
        for (IncidentScenario scenario : IncidentScenario.values()) {
            IncidentDay changed = new IncidentDay(4_926, 60, scenario);
            assertThat(changed.moments()).as("%s", scenario).hasSize(4_926);
            assertThat(changed.second().isPresent()).isEqualTo(scenario != IncidentScenario.REPORT);
        }
    }

    @Test
    void hasTheReportsPolicy() throws IOException {
        Properties control = written(IncidentSettings.ofTheReport(day, SIMULATOR));

        assertThat(control)
                .containsEntry("pawline.generate.stage.breaker", "false")
                .containsEntry("pawline.generate.stage.adaptive-limit", "false")
                .containsEntry("pawline.generate.stage.max-attempts", "3")
                .containsEntry("pawline.generate.stage.max-in-flight", "116")
                .containsEntry("pawline.matting.call-timeout", "333ms")
                .containsEntry("pawline.callback.retry-schedule", "1ms,1ms")
                // No service starts with a setting that nothing reads
                .doesNotContainKeys("pawline.finalize.stage.breaker", "pawline.callback.stage.max-attempts");
    }

    private Properties written(IncidentSettings settings) throws IOException {
        Properties read = new Properties();
        try (Reader file = Files.newBufferedReader(settings.write(folder.resolve("day.properties")))) {
            read.load(file);
        }
        return read;
    }
}
