/** Deletes tasks for their tenants: what their rows say, and their pictures. */
@NullMarked
package io.pawline.ingest.erase;

import org.jspecify.annotations.NullMarked;
