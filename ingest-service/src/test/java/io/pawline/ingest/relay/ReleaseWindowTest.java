package io.pawline.ingest.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ingest.IngestProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReleaseWindowTest {

    private Instant now = Instant.parse("2026-11-29T12:00:00Z");
    private double perSecond;
    private Duration time = Duration.ofSeconds(20);

    private final ReleaseWindow window = new ReleaseWindow(
            since -> Math.round(perSecond * Duration.between(since, now).toSeconds()),
            _ -> Optional.of(time),
            new IngestProperties.Relay(
                    500, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60), 1_000),
            new Clock() {
                @Override
                public Instant instant() {
                    return now;
                }

                @Override
                public ZoneOffset getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(java.time.ZoneId zone) {
                    return this;
                }
            });

    @Test
    void isTheTimeAheadAndTheTimeOfATaskAtTheRateOfLate() {
        perSecond = 50;
        assertThat(window.size(false)).isEqualTo(50 * (60 + 20));
    }

    @Test
    void isNeverLessThanIsSetNorWithoutABound() {
        assertThat(window.size(false)).isEqualTo(1_000);
        later(1);
        perSecond = 1_000_000;
        assertThat(window.size(false)).isEqualTo(50_000);
        ReleaseWindow open = new ReleaseWindow(
                _ -> 0,
                _ -> Optional.empty(),
                new IngestProperties.Relay(
                        500, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1), 1_000_000_000),
                Clock.fixed(now, ZoneOffset.UTC));
        assertThat(open.size(false)).as("but as many as are set").isEqualTo(1_000_000_000);
    }

    @Test
    void aRushShowsBeforeAMinuteIsOver() {
        perSecond = 0;
        assertThat(window.size(false)).isEqualTo(1_000);
        ReleaseWindow rush = new ReleaseWindow(
                _ -> 500,
                _ -> Optional.of(time),
                new IngestProperties.Relay(
                        500, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60), 1),
                Clock.fixed(now, ZoneOffset.UTC));
        assertThat(rush.size(false)).isEqualTo(50 * (60 + 20));
    }

    @Test
    void theWaitThatItMakesItselfDoesNotMakeItGrow() {
        perSecond = 50;
        window.size(false);
        time = Duration.ofSeconds(80);

        later(30);

        assertThat(window.size(true)).isLessThan(50 * (60 + 20 + 4));
    }

    @Test
    void followsStagesThatHaveBecomeSlower() {
        perSecond = 50;
        window.size(false);
        time = Duration.ofMinutes(2);

        later(600);
        assertThat(window.size(true)).isEqualTo(50 * (60 + 120));

        later(1);
        time = Duration.ofHours(2);
        assertThat(window.size(false)).as("but not without a bound").isEqualTo(50 * (60 + 300));
    }

    private void later(int seconds) {
        now = now.plusSeconds(seconds);
    }
}
