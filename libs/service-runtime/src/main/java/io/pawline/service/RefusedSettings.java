package io.pawline.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Counts how often a provider refused a setting, for the alert that names it. The counters are there from the start, so
 * that the first refusal is an increase. Thread-safe.
 */
public final class RefusedSettings implements Consumer<String> {

    private final MeterRegistry meters;

    /** @param names of the settings that may be refused */
    public RefusedSettings(MeterRegistry meters, Set<String> names) {
        this.meters = meters;
        names.forEach(this::counter);
    }

    @Override
    public void accept(String setting) {
        counter(setting).increment();
    }

    private Counter counter(String setting) {
        return Counter.builder("pawline.provider.refused.settings")
                .description("Calls that a provider refused because of a setting")
                .tag("setting", setting)
                .register(meters);
    }
}
