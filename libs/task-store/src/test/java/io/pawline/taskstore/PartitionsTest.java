package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "63, 5000, 0",
        "64, 0, 0",
        "64, 50, 10000",
        "2048, 120, 24000",
        "2048, 300, 60000",
        "10240, 3800, 60000"
    })
    void restsLongAfterADropThatEveryWriteMeets(long megabytes, long tookMillis, long restMillis) {
        assertThat(Partitions.restAfter(megabytes << 20, Duration.ofMillis(tookMillis)))
                .isEqualTo(Duration.ofMillis(restMillis));
    }
}
