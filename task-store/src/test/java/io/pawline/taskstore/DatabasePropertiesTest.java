package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class DatabasePropertiesTest {

    private static final String URL = "jdbc:postgresql://db.example:5432/pawline";

    @Test
    void opensTenConnectionsUnlessToldOtherwise() {
        assertThat(new DatabaseProperties(URL, "pawline", "secret", null).poolSize())
                .isEqualTo(10);
        assertThat(new DatabaseProperties(URL, "pawline", "secret", 3).poolSize())
                .isEqualTo(3);
    }

    @Test
    void doesNotShowThePassword() {
        assertThat(new DatabaseProperties(URL + "?password=hidden", "pawline", "secret", null))
                .asString()
                .contains("pawline")
                .doesNotContain("secret", "hidden");
    }

    @Test
    @SuppressWarnings("NullAway") // A missing setting binds null whatever the type says.
    void namesTheSettingThatIsMissingOrWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseProperties(null, "pawline", "secret", null))
                .withMessage("pawline.database.url is not set");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseProperties(URL, "pawline", null, null))
                .withMessage("pawline.database.password is not set");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseProperties("postgres://db.example/pawline", "pawline", "secret", null))
                .withMessageContaining("pawline.database.url must start with jdbc:postgresql:");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseProperties(URL, "pawline", "secret", 0))
                .withMessage("pawline.database.pool-size must be > 0, was 0");
    }
}
