package io.pawline.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.service.BudgetProperties.WhenSpent;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class BudgetPropertiesTest {

    @Test
    void nobodysMoneyIsLimitedByDefault() {
        BudgetProperties unsaid = bind(Map.of());

        assertThat(unsaid.limitsAnybody()).isFalse();
        assertThat(unsaid.microsPerDay("anybody")).isZero();
        assertThat(unsaid.microsPerTask("anybody")).isZero();
        assertThat(unsaid.whenSpent()).isEqualTo(WhenSpent.WAIT);
        assertThat(unsaid.timeZone().getId()).isEqualTo("UTC");
    }

    @Test
    void aTenantHasItsOwnLimitOrThatOfAll() {
        BudgetProperties said = bind(Map.of(
                "pawline.budget.when-spent", "refuse",
                "pawline.budget.default-per-day", "50",
                "pawline.budget.per-day.big-shop", "400.000001",
                "pawline.budget.per-day.free", "0",
                "pawline.budget.per-task.big-shop", "0.5"));

        assertThat(said.whenSpent()).isEqualTo(WhenSpent.REFUSE);
        assertThat(said.microsPerDay("anybody")).isEqualTo(50_000_000);
        assertThat(said.microsPerDay("big-shop")).isEqualTo(400_000_001);
        assertThat(said.microsPerDay("free")).isZero();
        assertThat(said.microsPerTask("anybody")).isZero();
        assertThat(said.microsPerTask("big-shop")).isEqualTo(500_000);
        assertThat(said.limitsAnybody()).isTrue();
    }

    @Test
    void aDayEndsWhereTheOperatorLives() {
        BudgetProperties said = bind(Map.of("pawline.budget.time-zone", "Asia/Shanghai"));
        Instant evening = Instant.parse("2026-11-29T15:00:00Z");

        assertThat(said.dayOf(evening)).isEqualTo(LocalDate.of(2026, 11, 29));
        assertThat(said.leftOfDay(evening)).isEqualTo(Duration.ofHours(1));
        assertThat(said.dayOf(evening.plus(Duration.ofHours(1)))).isEqualTo(LocalDate.of(2026, 11, 30));
    }

    @Test
    void wrongSumsAreRefusedByName() {
        assertThatThrownBy(() -> bind(Map.of("pawline.budget.default-per-day", "-1")))
                .rootCause()
                .hasMessageContaining("pawline.budget.default-per-day must be >= 0");
        assertThatThrownBy(() -> bind(Map.of("pawline.budget.per-task.shop", "0.0000001")))
                .rootCause()
                .hasMessageContaining("pawline.budget.per-task.shop")
                .hasMessageContaining("at most 6 decimals");
    }

    private static BudgetProperties bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("pawline.budget", BudgetProperties.class);
    }
}
