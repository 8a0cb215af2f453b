package io.pawline.ingest.relay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Divides something among tenants by their weights: max-min fairness (<a
 * href="https://doi.org/10.1145/75247.75248">Demers, Keshav and Shenker</a>). What a tenant does not need is divided
 * among the others, so nothing is left over while somebody needs it. Thread-safe.
 */
public final class FairShares {

    private final ToDoubleFunction<String> weight;

    /** @param weight of a tenant, more than 0 */
    public FairShares(ToDoubleFunction<String> weight) {
        this.weight = weight;
    }

    /**
     * Divides so many units.
     *
     * @param needs of each tenant, 0 or more
     * @return the share of each tenant: as much as it needs, or as much by its weight as every other that needs more
     */
    Map<String, Double> divide(double units, Map<String, Integer> needs) {
        List<String> byNeed = new ArrayList<>(needs.keySet());
        byNeed.sort(Comparator.comparingDouble(tenant -> needs.getOrDefault(tenant, 0) / weight.applyAsDouble(tenant)));
        double weights = byNeed.stream().mapToDouble(weight).sum();
        double left = Math.max(0, units);
        Map<String, Double> shares = new HashMap<>();
        for (String tenant : byNeed) {
            double own = weight.applyAsDouble(tenant);
            double share = Math.min(needs.getOrDefault(tenant, 0), left * own / weights);
            shares.put(tenant, share);
            left -= share;
            weights -= own;
        }
        return shares;
    }

    /** Returns the weight of a tenant. */
    double weight(String tenant) {
        return weight.applyAsDouble(tenant);
    }
}
