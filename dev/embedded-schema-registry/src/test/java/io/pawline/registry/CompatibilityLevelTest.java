package io.pawline.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityLevelTest {

    private static final Schema WITHOUT = pet("");
    private static final Schema WITH = pet("{'name': 'age', 'type': 'int'}");
    private static final Schema WITH_DEFAULT = pet("{'name': 'age', 'type': 'int', 'default': 0}");

    @ParameterizedTest
    @CsvSource({
        // level, adding a field, adding one with a default, taking one away
        "NONE,                 true,  true, true",
        "BACKWARD,             false, true, true",
        "BACKWARD_TRANSITIVE,  false, true, true",
        "FORWARD,              true,  true, false",
        "FORWARD_TRANSITIVE,   true,  true, false",
        "FULL,                 false, true, false",
        "FULL_TRANSITIVE,      false, true, false"
    })
    void allowsWhatConfluentAllows(
            CompatibilityLevel level, boolean adding, boolean addingWithDefault, boolean takingAway) {
        assertThat(level.violations(WITH, List.of(WITHOUT)).isEmpty()).isEqualTo(adding);
        assertThat(level.violations(WITH_DEFAULT, List.of(WITHOUT)).isEmpty()).isEqualTo(addingWithDefault);
        assertThat(level.violations(WITHOUT, List.of(WITH)).isEmpty()).isEqualTo(takingAway);
    }

    @ParameterizedTest
    @CsvSource({"BACKWARD, true", "BACKWARD_TRANSITIVE, false", "FULL, true", "FULL_TRANSITIVE, false"})
    void looksAtEarlierVersionsOnlyWhenTransitive(CompatibilityLevel level, boolean allowed) {
        Schema ofAnotherType = pet("{'name': 'age', 'type': 'string', 'default': ''}");
        assertThat(level.violations(WITH_DEFAULT, List.of(ofAnotherType, WITHOUT))
                        .isEmpty())
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({"NONE", "FULL_TRANSITIVE"})
    void allowsAnyFirstVersion(CompatibilityLevel level) {
        assertThat(level.violations(WITH, List.of())).isEmpty();
    }

    @Test
    void listsTheLevelsThereAre() {
        assertThatThrownBy(() -> CompatibilityLevel.ofName("backward"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("BACKWARD, BACKWARD_TRANSITIVE");
    }

    private static Schema pet(String fields) {
        return new Schema.Parser().parse(SchemaRegistryContract.record(fields));
    }
}
