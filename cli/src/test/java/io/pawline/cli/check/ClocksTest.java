package io.pawline.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClocksTest {

    private static final Instant ASKED = Instant.parse("2026-11-23T13:00:00Z");

    private final Clocks clocks = new Clocks();

    /** The answer takes two seconds; what the server reports in between differs by nothing. */
    @ParameterizedTest
    @CsvSource({
        "-6000, FAIL, 6.0",
        "-5000, OK, 5.0",
        "0, OK, 0.0",
        "2000, OK, 0.0",
        "7000, OK, 5.0",
        "7001, FAIL, 5.0",
        "28800000, FAIL, 28798.0"
    })
    void aClockIsWrongIfItDiffersByMoreThanFiveSeconds(long reportedMillis, Finding.State state, String seconds) {
        clocks.note("db", ASKED, ASKED.plusSeconds(2), ASKED.plusMillis(reportedMillis));

        assertThat(clocks.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.state()).isEqualTo(state);
            assertThat(finding.what()).isEqualTo("differs from this machine's by " + seconds + " s");
        });
    }

    @Test
    void skipsTheClocksIfNoServerHasReportedOne() {
        assertThat(clocks.findings()).extracting(Finding::state).containsExactly(Finding.State.SKIPPED);
    }
}
