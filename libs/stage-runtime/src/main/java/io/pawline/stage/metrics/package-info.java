/**
 * Measures a stage for the operator. {@code StageMetrics} has the meters, {@code Backlog} the amounts of what waits.
 * The layers from {@code dispatch} on report to it; it sees {@code provider}, whose state it shows.
 */
@NullMarked
package io.pawline.stage.metrics;

import org.jspecify.annotations.NullMarked;
