package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlowCallsTest {

    private final SlowCalls calls = new SlowCalls();

    private void succeeded(String kind, int from, int to) {
        for (int latency = from; latency <= to; latency++) {
            calls.succeededAfter(kind, latency);
        }
    }

    @Test
    void nothingIsKnownOfAKindUntilTwentyCallsHaveSucceeded() {
        succeeded("small", 1, 19);
        assertThat(calls.after("small", 0)).isEmpty();

        succeeded("small", 20, 20);

        assertThat(calls.after("small", 0)).hasValue(20);
        assertThat(calls.after("large", 0)).isEmpty();
    }

    @Test
    void aCallIsComparedWithItsKind() {
        succeeded("small", 1, 100);
        succeeded("large", 1_001, 1_100);

        assertThat(calls.after("small", 0)).hasValue(96);
        assertThat(calls.after("large", 0)).hasValue(1_096);
    }

    @Test
    void whereHedgesAreScarceACallIsSlowOnceItHasOutlastedAllOthers() {
        succeeded("small", 1, 200);

        assertThat(calls.after("small", 0)).hasValue(191);
        assertThat(calls.after("small", 0.5)).hasValue(196);
        assertThat(calls.after("small", 1)).hasValue(200);
    }

    @Test
    void onlyTheLatestCallsCount() {
        succeeded("small", 1_000, 2_000);
        succeeded("small", 1, 200);

        assertThat(calls.after("small", 1)).hasValue(200);
    }

    @Test
    void kindsBeyondTheSixteenthCountAsOne() {
        for (int kind = 0; kind < 16; kind++) {
            succeeded("kind-" + kind, 1, 20);
        }
        succeeded("kind-16", 101, 110);
        succeeded("kind-17", 111, 120);

        assertThat(calls.after("kind-0", 1)).hasValue(20);
        assertThat(calls.after("kind-17", 1)).hasValue(120);
    }
}
