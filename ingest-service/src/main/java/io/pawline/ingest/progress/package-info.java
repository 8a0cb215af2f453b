/**
 * Notes which stage each task has reached, from the work topics of the stages.
 * The feature follow and the list of tasks show it.
 */
@NullMarked
package io.pawline.ingest.progress;

import org.jspecify.annotations.NullMarked;
