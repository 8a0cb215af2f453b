/**
 * The provider simulator stands in for the outside services: a vision model, a text-to-image model, background removal
 * and a callback receiver, in one HTTP server. A {@linkplain io.pawline.simulator.Profile profile} sets latency,
 * capacity and faults. The simulator knows nothing of Pawline's services, of Kafka or of the local stack.
 */
@NullMarked
package io.pawline.simulator;

import org.jspecify.annotations.NullMarked;
