/** Whether a submission can be taken, and taking it. */
@NullMarked
package io.pawline.ingest.submit;

import org.jspecify.annotations.NullMarked;
