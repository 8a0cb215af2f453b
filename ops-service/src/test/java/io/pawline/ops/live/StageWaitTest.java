package io.pawline.ops.live;

import static io.pawline.ops.live.StageWait.decide;
import static io.pawline.ops.live.StageWait.hasItsShare;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.controls.FleetState.Tenant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageWaitTest {

    @Test
    void whereNoWorkWaitsNothingIsWaitedFor() {
        assertThat(decide(0L, true, true, "open", 10, 10, false)).isNull();
        assertThat(decide(-3L, false, false, "closed", 10, 10, false)).isNull();
    }

    @Test
    void whatClosesAStageGoesBeforeItsPlaces() {
        assertThat(decide(5L, true, true, "open", 10, 10, false)).isEqualTo("paused");
        assertThat(decide(5L, false, true, "open", 10, 10, false)).isEqualTo("cool_down");
        assertThat(decide(5L, false, false, "open", 10, 10, false)).isEqualTo("breaker");
        assertThat(decide(5L, false, false, "half_open", 1, 10, false)).isEqualTo("breaker");
    }

    @Test
    void workWaitsForPlacesIfHardlyAnyAreFree() {
        assertThat(decide(5L, false, false, "closed", 10, 10, false)).isEqualTo("capacity");
        assertThat(decide(5L, false, false, null, 28, 30, false)).isEqualTo("capacity");
        assertThat(decide(5L, false, false, "closed", 5, 10, false)).isNull();
    }

    @Test
    void workWaitsForTheRateIfPlacesAreFree() {
        assertThat(decide(5L, false, false, "closed", 3, 10, true)).isEqualTo("rate");
        assertThat(decide(5L, false, false, "closed", 10, 10, true)).isEqualTo("capacity");
        assertThat(decide(5L, false, false, "open", 3, 10, true)).isEqualTo("breaker");
        assertThat(decide(0L, false, false, "closed", 3, 10, true)).isNull();
    }

    @Test
    void aTenantThatHasItsShareWaitsForItsTurn() {
        List<Tenant> tenants = List.of(new Tenant("heavy", 8, 900, 0.5), new Tenant("light", 2, 3, 0.5));

        assertThat(hasItsShare(tenants, "heavy")).isTrue();
        assertThat(hasItsShare(tenants, "light")).isFalse();
        assertThat(hasItsShare(tenants, "unknown")).isFalse();
        assertThat(hasItsShare(List.of(new Tenant("alone", 10, 900, 1)), "alone"))
                .isFalse();
    }

    @Test
    void nothingIsSaidThatIsNotKnown() {
        assertThat(decide(null, false, false, "closed", 10, 10, false)).isNull();
        assertThat(decide(5L, false, false, null, 10, null, false)).isNull();
        assertThat(decide(null, true, false, null, 0, null, false)).isEqualTo("paused");
    }
}
