/**
 * ingest-service, the HTTP API of the front end: submit a task, follow it, cancel it. Each feature has a package;
 * {@code http} and {@code task} hold what they share. This package starts the service and puts the features together.
 */
@NullMarked
package io.pawline.ingest;

import org.jspecify.annotations.NullMarked;
