/**
 * Decides whether one more call to a provider may begin. {@code ConcurrencyLimiter} unites the stage's controls, {@code
 * AdaptiveLimit}, {@code Breaker} and {@code CallRate}, and gives {@code Permit}s; {@code ReceiverLimiters} keeps one
 * for each receiver. The layers from {@code metrics} on use it; it sees the values of {@code io.pawline.stage} and the
 * live controls.
 */
@NullMarked
package io.pawline.stage.provider;

import org.jspecify.annotations.NullMarked;
