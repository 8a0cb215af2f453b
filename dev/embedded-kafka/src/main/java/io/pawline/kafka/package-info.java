/** A real Kafka broker in this JVM, for the laptop and for tests. */
@NullMarked
package io.pawline.kafka;

import org.jspecify.annotations.NullMarked;
