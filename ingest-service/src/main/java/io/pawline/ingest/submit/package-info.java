/**
 * Takes submissions: reads a request, checks it, stores its photo, and keeps it as a task once.
 * The answer goes out when the task is committed to the database.
 */
@NullMarked
package io.pawline.ingest.submit;

import org.jspecify.annotations.NullMarked;
