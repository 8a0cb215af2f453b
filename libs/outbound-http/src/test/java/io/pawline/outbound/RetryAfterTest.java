package io.pawline.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import okhttp3.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");

    private final RetryAfter retryAfter = new RetryAfter(Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofMinutes(10));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1                             | 2025-08-16T06:00:01Z
                    120                           | 2025-08-16T06:02:00Z
                    000000005                     | 2025-08-16T06:00:05Z
                    Sat, 16 Aug 2025 06:00:30 GMT | 2025-08-16T06:00:30Z
                    Saturday, 16-Aug-25 06:00:30 GMT | 2025-08-16T06:00:30Z
                    Sat Aug 16 06:00:30 2025      | 2025-08-16T06:00:30Z
                    Fri, 16 Aug 2025 06:00:30 GMT | 2025-08-16T06:00:30Z
                    601                           | 2025-08-16T06:10:00Z
                    99999999999999999999          | 2025-08-16T06:10:00Z
                    Sun, 17 Aug 2025 06:00:00 GMT | 2025-08-16T06:10:00Z
                    """)
    void readsSecondsAndDatesAndCutsDownWhatIsTooFarOff(String value, Instant expected) {
        assertThat(retryAfter.notBefore(Headers.of("Retry-After", value))).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "-5", "1.5", "soon", "Sat, 16 Aug 2025 05:59:00 GMT", "Saturday, 16-Aug-25 05:59:00 GMT"
            })
    void ignoresWhatHasPassedOrCannotBeRead(String value) {
        assertThat(retryAfter.notBefore(Headers.of("Retry-After", value))).isEmpty();
    }

    @Test
    void knowsThatThereMayBeNone() {
        assertThat(retryAfter.notBefore(Headers.of())).isEmpty();
    }
}
