/** Accepted tasks on their way from the outbox to Kafka. */
@NullMarked
package io.pawline.ingest.relay;

import org.jspecify.annotations.NullMarked;
