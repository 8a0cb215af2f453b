/** The live view and the alerts: Kafka Streams counts what happens now, and PostgreSQL keeps it. */
@NullMarked
package io.pawline.ops.live;

import org.jspecify.annotations.NullMarked;
