/**
 * Cancels tasks that the front end no longer wants.
 * The row of the task decides; then the stages are notified, so that none pays for the task any more.
 */
@NullMarked
package io.pawline.ingest.cancel;

import org.jspecify.annotations.NullMarked;
