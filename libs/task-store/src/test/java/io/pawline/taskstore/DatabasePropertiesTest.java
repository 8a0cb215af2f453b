package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
        assertThat(bound).isEqualTo(new DatabaseProperties(URL, "pawline", "secret", 10, true));
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
    }
}
