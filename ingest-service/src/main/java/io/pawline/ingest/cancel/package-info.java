/** Tasks that the front end no longer wants. */
@NullMarked
package io.pawline.ingest.cancel;

import org.jspecify.annotations.NullMarked;
