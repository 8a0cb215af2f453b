package io.pawline.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

/** Counts how often a provider refused a setting, for the alert that names it. Thread-safe. */
public record RefusedSettings(MeterRegistry meters) implements Consumer<String> {

    /** @param setting one of a few names */
    @Override
    public void accept(String setting) {
        Counter.builder("pawline.provider.refused.settings")
                .description("Calls that a provider refused because of a setting")
                .tag("setting", setting)
                .register(meters)
                .increment();
    }
}
