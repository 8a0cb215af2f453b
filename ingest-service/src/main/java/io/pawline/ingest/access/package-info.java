/** Who calls, what he may do, and how much of it. */
@NullMarked
package io.pawline.ingest.access;

import org.jspecify.annotations.NullMarked;
