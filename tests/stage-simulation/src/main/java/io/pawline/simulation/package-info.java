/**
 * Runs the real stage runtime in a world that is a model: time, threads, broker, provider and network. One seed is one
 * world, so whatever fails can be seen again. {@code World} decides who runs and what time it is, {@code ModelBroker}
 * answers the clients, {@code ModelProvider} the calls. {@code FaultSwarm} breaks things, and {@code TaskBook} knows
 * what must hold.
 */
@NullMarked
package io.pawline.simulation;

import org.jspecify.annotations.NullMarked;
