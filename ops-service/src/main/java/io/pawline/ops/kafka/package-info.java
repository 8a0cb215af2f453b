/** Asks Kafka's admin client, for the features that look at topics and groups. It knows none of them. */
@NullMarked
package io.pawline.ops.kafka;

import org.jspecify.annotations.NullMarked;
