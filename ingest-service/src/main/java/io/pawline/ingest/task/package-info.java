/**
 * Holds what several features show or read of one task: its JSON and its id.
 * Knows no other feature.
 */
@NullMarked
package io.pawline.ingest.task;

import org.jspecify.annotations.NullMarked;
