package io.pawline.stage.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.util.Optional;

/**
 * Says how busy a stage's process is at a moment.
 *
 * @param inFlight tasks at work
 * @param limit tasks that may be at work
 * @param breaker empty if it has none
 */
public record LoadSnapshot(int inFlight, int limit, Optional<State> breaker) {}
