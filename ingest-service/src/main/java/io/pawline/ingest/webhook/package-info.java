/**
 * Shows each tenant the secret that signs its callbacks, and changes which versions of it sign.
 * callback-service signs with the same settings and the same versions.
 */
@NullMarked
package io.pawline.ingest.webhook;

import org.jspecify.annotations.NullMarked;
