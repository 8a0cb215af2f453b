/** Refuses tasks that would wait too long. */
@NullMarked
package io.pawline.ingest.pressure;

import org.jspecify.annotations.NullMarked;
