package io.pawline.stage;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Says how tenants share the permits of a stage.
 *
 * @param weights weight of a tenant by its name, more than 0. A tenant of weight 2 gets twice the time of one of weight 1
 *     while records of both wait
 * @param bulkAgesAfter a bulk record that has waited so long in the stage counts as interactive
 */
public record Fairness(ToDoubleFunction<String> weights, Duration bulkAgesAfter) {

    /** All tenants have the same weight, and bulk records wait for half an hour at most. */
    public static final Fairness EVEN = new Fairness(_ -> 1, Duration.ofMinutes(30));

    public Fairness {
        Objects.requireNonNull(weights, "weights");
        if (bulkAgesAfter.isNegative()) {
            throw new IllegalArgumentException("bulk-ages-after must be >= 0, was " + bulkAgesAfter);
        }
    }

    /** Returns the same, but for tenants that have another weight by a live control. */
    Fairness unless(Function<String, OptionalDouble> live) {
        return new Fairness(tenant -> live.apply(tenant).orElseGet(() -> weights.applyAsDouble(tenant)), bulkAgesAfter);
    }

    /** Returns the weight of a tenant, as of now. */
    public double weight(String tenant) {
        return weights.applyAsDouble(tenant);
    }
}
