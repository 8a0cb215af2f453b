/**
 * Brings accepted tasks from the outbox to {@code pawline.detect}.
 * A task whose relay failed stays in the outbox and is relayed later, by whatever process comes first.
 */
@NullMarked
package io.pawline.ingest.relay;

import org.jspecify.annotations.NullMarked;
