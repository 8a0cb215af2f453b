/**
 * Shows each tenant the secret that signs its callbacks, changes which versions of it sign, and sends an example of a
 * callback. callback-service signs with the same settings and the same versions.
 */
@NullMarked
package io.pawline.ingest.webhook;

import org.jspecify.annotations.NullMarked;
