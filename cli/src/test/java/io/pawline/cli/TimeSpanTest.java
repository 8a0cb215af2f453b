package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeSpanTest {

    @ParameterizedTest
    @CsvSource({"1500ms, PT1.5S", "90s, PT1M30S", "5m, PT5M", "2h, PT2H", "7d, PT168H", "5M, PT5M", "PT5M, PT5M"})
    void readsATimeWithItsUnit(String text, Duration time) {
        assertThat(new TimeArgument().convert(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "5", "-5m", "0s", "5 m", "PT-5M", "999999999999999d"})
    void refusesWhatIsNoTimeToCome(String text) {
        assertThatThrownBy(() -> new TimeArgument().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is no time such as 90s, 5m or 2h");
    }
}
