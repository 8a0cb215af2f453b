/**
 * Carries the live controls: pause, resume, limit, weight, cool-down and cancel, in the topic {@code pawline.control}. {@code
 * ControlPublisher} writes them and {@code ControlStateReader} knows what is in force. Stages, ingest-service,
 * ops-service and the command line use it; it sees the schemas only.
 */
@NullMarked
package io.pawline.controls;

import org.jspecify.annotations.NullMarked;
