/** How long tasks and their pictures are kept, and what deletes them. */
@NullMarked
package io.pawline.ingest.retention;

import org.jspecify.annotations.NullMarked;
