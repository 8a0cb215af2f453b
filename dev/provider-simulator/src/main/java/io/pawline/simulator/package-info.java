/**
 * The provider simulator: vision model, text-to-image, background removal and a callback receiver in one HTTP server,
 * with latency, capacity and faults as a profile has them.
 */
@NullMarked
package io.pawline.simulator;

import org.jspecify.annotations.NullMarked;
