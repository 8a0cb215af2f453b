package io.pawline.ingest.weights;

import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Says by which weights tenants share the stages, as of now. Thread-safe. */
public final class TenantWeights {

    private final Function<String, OptionalDouble> live;
    private final ToDoubleFunction<String> configured;

    /**
     * @param live weight of a tenant by a live control; empty: there is none
     * @param configured weight of a tenant by the settings
     */
    public TenantWeights(Function<String, OptionalDouble> live, ToDoubleFunction<String> configured) {
        this.live = live;
        this.configured = configured;
    }

    /** Returns the weight of a tenant, more than 0. */
    public double of(String tenant) {
        return live.apply(tenant).orElseGet(() -> configured.applyAsDouble(tenant));
    }
}
