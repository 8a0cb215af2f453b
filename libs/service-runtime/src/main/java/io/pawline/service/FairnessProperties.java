package io.pawline.service;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the shares between tenants: {@code pawline.fairness.*}. They are the same in all services.
 *
 * @param weights Shares of tenants by their names, more than 0 and at most 1000. A tenant that is not named has 1. A
 *     tenant of weight 2 gets twice the time of one of weight 1 while both have tasks that wait.
 * @param bulkAgesAfter How long a bulk task waits in a stage before it counts as interactive, 0 or more.
 */
@ConfigurationProperties("pawline.fairness")
public record FairnessProperties(
        @DefaultValue Map<String, Double> weights,
        @DefaultValue("30m") Duration bulkAgesAfter) {

    private static final double MOST = 1_000;

    public FairnessProperties {
        weights = Map.copyOf(weights);
        weights.forEach((tenant, weight) -> {
            if (!(weight > 0 && weight <= MOST)) {
                throw new IllegalArgumentException(
                        "pawline.fairness.weights.%s must be > 0 and <= 1000, was %s".formatted(tenant, weight));
            }
        });
        if (bulkAgesAfter.isNegative()) {
            throw new IllegalArgumentException("pawline.fairness.bulk-ages-after must be >= 0, was " + bulkAgesAfter);
        }
    }

    /** Returns the weight of a tenant. */
    public double weight(String tenant) {
        return weights.getOrDefault(tenant, 1.0);
    }
}
