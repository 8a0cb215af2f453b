/**
 * Refuses tasks that cannot finish in time to be useful.
 * The wait is predicted from the number of open tasks and the rate at which tasks end.
 */
@NullMarked
package io.pawline.ingest.pressure;

import org.jspecify.annotations.NullMarked;
