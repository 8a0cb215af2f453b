package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pawline.stage.CallWork;
import io.pawline.stage.provider.EndedCall.Result;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class KindOffsetsTest {

    private static final double SECOND = Math.log(1e9);

    private final KindOffsets kinds = new KindOffsets();

    @Test
    void aCallIsComparedWithItsLike() {
        assertThat(compared("words", 1)).hasValueCloseTo(SECOND, within(1e-6));
        for (int i = 0; i < 5; i++) {
            assertThat(compared("photo", 8)).isEmpty();
        }

        assertThat(compared("photo", 8)).hasValueCloseTo(SECOND, within(1e-6));
        assertThat(compared("photo", 16)).hasValueCloseTo(SECOND + Math.log(2), within(1e-6));
        assertThat(compared("words", 1)).hasValueCloseTo(SECOND, within(1e-6));
    }

    @Test
    void whatCallsWaitForIsNoPartOfTheirKind() {
        compared("words", 1);
        for (int i = 0; i < 5; i++) {
            assertThat(kinds.compared(call("photo", 10), 2e9, SECOND)).isEmpty();
        }

        assertThat(compared("photo", 8)).hasValueCloseTo(SECOND, within(1e-6));
    }

    @Test
    void learnsFromCallsThatWaitedInNoQueue() {
        for (int i = 0; i < 6; i++) {
            compared("words", 1);
            compared("photo", 8);
        }
        for (int i = 0; i < 100; i++) {
            compared("photo", 4);
            compared("words", 1);
            kinds.learn();
        }

        assertThat(compared("photo", 4)).hasValueCloseTo(SECOND, within(0.05));
        assertThat(compared("words", 1)).hasValueCloseTo(SECOND, within(1e-9));
    }

    @Test
    void learnsNothingFromCallsThatWaited() {
        for (int i = 0; i < 6; i++) {
            compared("words", 1);
            compared("photo", 8);
        }
        for (int i = 0; i < 100; i++) {
            compared("photo", 80);
            compared("words", 1);
        }
        kinds.forget();
        kinds.learn();

        assertThat(compared("photo", 8)).hasValueCloseTo(SECOND, within(1e-6));
    }

    @Test
    void knowsWhatTheMixIs() {
        for (int i = 0; i < 6; i++) {
            compared("words", 1);
            compared("photo", 8);
        }
        for (int i = 0; i < 1_000; i++) {
            compared("photo", 8);
            compared("words", 1);
        }

        assertThat(kinds.mix()).isCloseTo(4.5, within(0.3));
        assertThat(kinds.meanOffset()).isCloseTo(Math.log(8) / 2, within(0.1));
    }

    @Test
    void goesOnFromWhatOthersFound() {
        kinds.restore(Map.of("words", 0.0, "photo", Math.log(8)));

        assertThat(compared("photo", 8)).hasValueCloseTo(SECOND, within(1e-6));
        assertThat(kinds.offsets()).containsOnlyKeys("words", "photo");
    }

    @Test
    void kindsWithoutAnEndAreOneKind() {
        for (int i = 0; i < 1_000; i++) {
            compared("kind " + i, 1);
        }

        assertThat(kinds.offsets()).hasSizeLessThanOrEqualTo(17);
    }

    private OptionalDouble compared(String kind, double seconds) {
        return kinds.compared(call(kind, seconds), 0, SECOND);
    }

    private static EndedCall call(String kind, double seconds) {
        return new EndedCall(0, (long) (seconds * 1e9), 1, Result.SUCCEEDED, CallWork.of(kind));
    }
}
