package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DatabasePropertiesTest {

    private static final String URL = "jdbc:postgresql://db.example:5432/pawline";

    @Test
    void opensTenConnectionsByDefault() {
        var settings = Map.of(
                "pawline.database.url", URL,
                "pawline.database.username", "pawline",
                "pawline.database.password", "secret");
        DatabaseProperties bound = new Binder(new MapConfigurationPropertySource(settings))
                .bind("pawline.database", DatabaseProperties.class)
                .get();
        assertThat(bound)
                .isEqualTo(new DatabaseProperties(URL, "pawline", "secret", 10, true, 6, 4, Duration.ofSeconds(60)))
                .isEqualTo(new DatabaseProperties(URL, "pawline", "secret", 10, true));
    }

    @Test
    void takesSizesAndTheTimeOfReports() {
        var settings = Map.of(
                "pawline.database.url", URL,
                "pawline.database.username", "pawline",
                "pawline.database.password", "secret",
                "pawline.database.pool-size", "20",
                "pawline.database.read-pool-size", "12",
                "pawline.database.report-pool-size", "2",
                "pawline.database.report-timeout", "5m");
        DatabaseProperties bound = new Binder(new MapConfigurationPropertySource(settings))
                .bind("pawline.database", DatabaseProperties.class)
                .get();
        assertThat(bound)
                .isEqualTo(new DatabaseProperties(URL, "pawline", "secret", 20, true, 12, 2, Duration.ofMinutes(5)));
    }

    @Test
    void doesNotShowThePassword() {
        assertThat(new DatabaseProperties(URL + "?password=hidden", "pawline", "secret", 10, true))
                .asString()
                .contains("pawline")
                .doesNotContain("secret", "hidden");
    }

    @Test
    @SuppressWarnings("NullAway") // A missing setting binds null whatever the type says.
    void namesTheSettingThatIsMissingOrWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseProperties(null, "pawline", "secret", 10, true))
                .withMessage("pawline.database.url is not set");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseProperties(URL, "pawline", null, 10, true))
                .withMessage("pawline.database.password is not set");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new DatabaseProperties("postgres://db.example/pawline", "pawline", "secret", 10, true))
                .withMessageContaining("pawline.database.url must start with jdbc:postgresql:");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseProperties(URL, "pawline", "secret", 0, true))
                .withMessage("pawline.database.pool-size must be > 0, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new DatabaseProperties(URL, "pawline", "secret", 1, true, 0, 1, Duration.ofSeconds(1)))
                .withMessage("pawline.database.read-pool-size must be > 0, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new DatabaseProperties(URL, "pawline", "secret", 1, true, 1, 1, Duration.ofMillis(999)))
                .withMessageContaining("pawline.database.report-timeout must be from 1 second to 1 hour");
    }
}
