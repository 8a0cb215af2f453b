/** Whether a submission can be taken, and taking it. */
@NullMarked
package io.pawline.ingest.accept;

import org.jspecify.annotations.NullMarked;
