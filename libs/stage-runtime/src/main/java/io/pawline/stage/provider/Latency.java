package io.pawline.stage.provider;

/**
 * Sums up the latency of several calls.
 *
 * @param log the mean of the middle half of the natural logarithms of nanoseconds: as robust against a few very slow
 *     calls as the median, and steadier
 * @param spread standard deviation of the logarithm of one call's latency
 * @param calls that were measured
 * @param mostInFlight the most of this process's calls that were in flight when one of them was sent
 * @param endNanos when the last of them ended
 */
record Latency(double log, double spread, int calls, int mostInFlight, long endNanos) {}
