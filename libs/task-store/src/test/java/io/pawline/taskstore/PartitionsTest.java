package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionsTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "49, 0", "50, 10000", "120, 24000", "300, 60000", "3800, 60000"})
    void restsLongAfterADropThatEveryWriteMeets(long tookMillis, long restMillis) {
        assertThat(Partitions.restAfter(Duration.ofMillis(tookMillis))).isEqualTo(Duration.ofMillis(restMillis));
    }
}
