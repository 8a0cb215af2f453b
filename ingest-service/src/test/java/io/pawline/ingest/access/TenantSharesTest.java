package io.pawline.ingest.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TenantSharesTest {

    @Example
    void givesOneTenantNineTenthsAndLeavesSomeForTheNext() {
        TenantShares shares = new TenantShares(100);
        assertThat(takeAll(shares, "greedy")).hasSize(90);
        assertThat(shares.take("modest")).isNotNull();
    }

    @Example
    void givesAPlaceBackOnce() {
        TenantShares shares = new TenantShares(1);
        TenantShares.Place place = shares.take("shop");
        assertThat(place).isNotNull();
        assertThat(shares.take("shop")).isNull();
        for (int i = 0; place != null && i < 2; i++) {
            place.close();
        }
        assertThat(shares.taken()).isZero();
        assertThat(shares.take("shop")).isNotNull();
    }

    @Example
    void whatATenantGaveBackItGetsAgain() {
        TenantShares shares = new TenantShares(100);
        takeAll(shares, "greedy").forEach(TenantShares.Place::close);

        assertThat(shares.taken()).isZero();
        assertThat(takeAll(shares, "greedy")).hasSize(90);
    }

    /** However many tenants take what they get, their shares are alike, and a further tenant gets a place. */
    @Property(tries = 200)
    void sharesAmongAnyNumberOfGreedyTenants(@ForAll @IntRange(min = 1, max = 20) int tenants) {
        TenantShares shares = new TenantShares(1_000);
        int[] held = new int[tenants];
        boolean took = true;
        while (took) {
            took = false;
            for (int tenant = 0; tenant < tenants; tenant++) {
                if (shares.take("tenant-" + tenant) != null) {
                    held[tenant]++;
                    took = true;
                }
            }
        }
        assertThat(IntStream.of(held).max().orElseThrow()
                        - IntStream.of(held).min().orElseThrow())
                .isLessThanOrEqualTo(1);
        assertThat(shares.take("another")).isNotNull();
    }

    @Property(tries = 200)
    void countsWhatIsHeld(@ForAll @Size(max = 200) List<@IntRange(max = 5) Integer> steps) {
        TenantShares shares = new TenantShares(50);
        List<TenantShares.Place> places = new ArrayList<>();
        for (int step : steps) {
            if (step == 0 && !places.isEmpty()) {
                places.removeFirst().close();
            } else {
                TenantShares.Place place = shares.take("tenant-" + step);
                if (place != null) {
                    places.add(place);
                }
            }
            assertThat(shares.taken()).isEqualTo(places.size()).isLessThanOrEqualTo(50);
        }
    }

    private static List<TenantShares.Place> takeAll(TenantShares shares, String tenant) {
        List<TenantShares.Place> places = new ArrayList<>();
        TenantShares.Place place = shares.take(tenant);
        while (place != null) {
            places.add(place);
            place = shares.take(tenant);
        }
        return places;
    }
}
