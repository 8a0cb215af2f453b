/**
 * Shows batches of tasks and cancels them. They are opened where submissions are taken, in
 * {@code io.pawline.ingest.submit}.
 */
@NullMarked
package io.pawline.ingest.batch;

import org.jspecify.annotations.NullMarked;
