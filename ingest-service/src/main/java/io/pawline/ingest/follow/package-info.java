/** Telling those who wait how their tasks go on. */
@NullMarked
package io.pawline.ingest.follow;

import org.jspecify.annotations.NullMarked;
