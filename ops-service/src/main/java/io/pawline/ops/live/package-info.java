/** What happens now: counted by Kafka Streams, kept in PostgreSQL. */
@NullMarked
package io.pawline.ops.live;

import org.jspecify.annotations.NullMarked;
