package io.pawline.ingest.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FairSharesTest {

    private final FairShares even = new FairShares(_ -> 1);

    @Example
    void aTenantWithLittleGetsAllOfIt() {
        assertThat(even.divide(100, Map.of("light", 3, "heavy", 100_000)))
                .isEqualTo(Map.of("light", 3.0, "heavy", 97.0));
    }

    @Example
    void tenantsWithMuchShareByTheirWeights() {
        FairShares weighted = new FairShares(tenant -> tenant.equals("double") ? 2 : 1);
        assertThat(weighted.divide(90, Map.of("double", 1_000, "single", 1_000)))
                .isEqualTo(Map.of("double", 60.0, "single", 30.0));
    }

    @Example
    void dividesNothingAmongNobody() {
        assertThat(even.divide(10, Map.of())).isEmpty();
        assertThat(even.divide(-5, Map.of("one", 3))).isEqualTo(Map.of("one", 0.0));
    }

    @Property
    void nothingIsLeftWhileSomebodyNeedsItAndNobodyEnvies(
            @ForAll @IntRange(min = 0, max = 5_000) int units,
            @ForAll @Size(max = 30) Map<@IntRange(min = 1, max = 9) Integer, @IntRange(max = 3_000) Integer> needed) {
        Map<String, Integer> needs = new HashMap<>();
        needed.forEach((weight, need) -> needs.put(Integer.toString(weight), need));

        Map<String, Double> shares = new FairShares(Double::parseDouble).divide(units, needs);

        double all = needs.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(shares.values().stream().mapToDouble(Double::doubleValue).sum())
                .isCloseTo(Math.min(units, all), within(1e-6));
        needs.forEach((tenant, need) -> {
            double share = shares.getOrDefault(tenant, -1.0);
            assertThat(share).isBetween(0.0, (double) need);
            if (share < need - 1e-6) {
                double level = share / Double.parseDouble(tenant);
                shares.forEach((other, of) ->
                        assertThat(of / Double.parseDouble(other)).isLessThanOrEqualTo(level + 1e-6));
            }
        });
    }
}
