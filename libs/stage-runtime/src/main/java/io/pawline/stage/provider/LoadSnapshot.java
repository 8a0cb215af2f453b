package io.pawline.stage.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.util.Optional;

/**
 * How a stage's process stands with its provider at a moment.
 *
 * @param inFlight tasks at work
 * @param limit tasks that may be at work
 * @param breaker empty if it has none
 */
public record LoadSnapshot(int inFlight, int limit, Optional<State> breaker) {}
