package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusalShareTest {

    private static final long SECOND = 1_000_000_000;

    private final RefusalShare share = new RefusalShare(2);

    @Test
    void aRefusalConcernsAllIfHalfOfTheLatestCallsWereRefused() {
        assertThat(ended(false, 2)).isFalse();
        assertThat(ended(true, 1)).as("one is too few, and a third").isFalse();
        assertThat(ended(true, 1)).as("two of four").isTrue();
        assertThat(ended(false, 1)).as("was not refused itself").isFalse();
        assertThat(ended(false, 1)).isFalse();
        assertThat(ended(true, 1)).as("three of seven").isFalse();
    }

    @Test
    void twoRefusalsAreNeededHoweverFewTheCalls() {
        assertThat(ended(true, 1)).isFalse();
        assertThat(ended(true, 1)).isTrue();
    }

    @Test
    void whatIsOlderThanHalfAMinuteIsForgotten() {
        assertThat(share.concernsAllCalls(true, 0)).isFalse();
        assertThat(share.concernsAllCalls(true, 30 * SECOND)).isTrue();
        assertThat(share.concernsAllCalls(true, 60 * SECOND + 1)).isFalse();
    }

    @Test
    void theLatestFiftyCallsCount() {
        assertThat(ended(true, 1)).isFalse();
        assertThat(ended(false, 25)).isFalse();
        assertThat(ended(true, 24)).as("25 of 50").isTrue();
        assertThat(ended(false, 1)).isFalse();
        assertThat(ended(true, 1)).as("25 of 50, without the first two").isTrue();
    }

    /** Whether the last of so many calls at one moment concerns all calls. */
    private boolean ended(boolean refused, int calls) {
        return IntStream.range(0, calls)
                .mapToObj(_ -> share.concernsAllCalls(refused, 0))
                .reduce((_, last) -> last)
                .orElseThrow();
    }
}
