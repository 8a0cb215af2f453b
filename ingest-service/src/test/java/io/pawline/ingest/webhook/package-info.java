/** Tests of webhook secrets and test deliveries that need no service. */
@NullMarked
package io.pawline.ingest.webhook;

import org.jspecify.annotations.NullMarked;
