/**
 * Carries what processes tell each other through a Kafka topic. {@code fleet} and {@code budget} use it; it sees no other
 * package of the runtime.
 */
@NullMarked
package io.pawline.stage.channel;

import org.jspecify.annotations.NullMarked;
