package io.pawline.service;

import java.util.function.BooleanSupplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Reports whether the task database answers. It is part of no probe, because a restart brings no database back. */
public record DatabaseHealth(BooleanSupplier answers) implements HealthIndicator {

    @Override
    public Health health() {
        return (answers.getAsBoolean() ? Health.up() : Health.down()).build();
    }
}
