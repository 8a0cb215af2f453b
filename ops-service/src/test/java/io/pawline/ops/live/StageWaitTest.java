package io.pawline.ops.live;

import static io.pawline.ops.live.StageWait.decide;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StageWaitTest {

    @Test
    void whereNoWorkWaitsNothingIsWaitedFor() {
        assertThat(decide(0L, true, true, "open", 10, 10)).isNull();
        assertThat(decide(-3L, false, false, "closed", 10, 10)).isNull();
    }

    @Test
    void whatClosesAStageGoesBeforeItsPlaces() {
        assertThat(decide(5L, true, true, "open", 10, 10)).isEqualTo("paused");
        assertThat(decide(5L, false, true, "open", 10, 10)).isEqualTo("cool_down");
        assertThat(decide(5L, false, false, "open", 10, 10)).isEqualTo("breaker");
        assertThat(decide(5L, false, false, "half_open", 1, 10)).isEqualTo("breaker");
    }

    @Test
    void workWaitsForPlacesIfHardlyAnyAreFree() {
        assertThat(decide(5L, false, false, "closed", 10, 10)).isEqualTo("capacity");
        assertThat(decide(5L, false, false, null, 28, 30)).isEqualTo("capacity");
        assertThat(decide(5L, false, false, "closed", 5, 10)).isNull();
    }

    @Test
    void nothingIsSaidThatIsNotKnown() {
        assertThat(decide(null, false, false, "closed", 10, 10)).isNull();
        assertThat(decide(5L, false, false, null, 10, null)).isNull();
        assertThat(decide(null, true, false, null, 0, null)).isEqualTo("paused");
    }
}
