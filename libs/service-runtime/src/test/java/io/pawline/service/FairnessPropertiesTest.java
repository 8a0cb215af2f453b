package io.pawline.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class FairnessPropertiesTest {

    @Test
    void sharesAreEqualByDefault() {
        FairnessProperties unsaid = bind(Map.of());
        assertThat(unsaid.weight("anybody")).isEqualTo(1);
        assertThat(unsaid.bulkAgesAfter()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void takesEverySetting() {
        FairnessProperties said = bind(Map.of(
                "pawline.fairness.weights.big-shop", "4",
                "pawline.fairness.weights.trial", "0.5",
                "pawline.fairness.bulk-ages-after", "5m"));
        assertThat(said.weight("big-shop")).isEqualTo(4);
        assertThat(said.weight("trial")).isEqualTo(0.5);
        assertThat(said.weight("anybody")).isEqualTo(1);
        assertThat(said.bulkAgesAfter()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void refusesWeightsThatDivideNothing() {
        assertThatThrownBy(() -> new FairnessProperties(Map.of("one", 0.0), Duration.ZERO))
                .hasMessage("pawline.fairness.weights.one must be > 0 and <= 1000, was 0.0");
        assertThatThrownBy(() -> new FairnessProperties(Map.of("one", Double.NaN), Duration.ZERO))
                .hasMessageContaining("must be > 0");
        assertThatThrownBy(() -> new FairnessProperties(Map.of(), Duration.ofSeconds(-1)))
                .hasMessageContaining("bulk-ages-after must be >= 0");
    }

    private static FairnessProperties bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("pawline.fairness", FairnessProperties.class);
    }
}
